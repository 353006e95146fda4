/** What a stream of tokens is made of: options, state, and the client that keeps it. */

/** How the answer comes: a stream (SSE or WebSocket), by polling, or whole at once. */
export type StreamMethod = 'streaming' | 'polling' | 'whole'
/** `hybrid`: a stream first; where none comes through, polling; where that fails too, the whole answer. */
export type StreamTransportName = 'sse' | 'websocket' | 'polling' | 'whole' | 'hybrid'
/** Tokens that are shown at once, by kind of network: 20, 5, 2, 10, 1. */
export type BufferProfile = 'high_latency' | 'local' | 'high_speed' | 'cpu_constrained' | 'unlimited'
export type ConnectionState = 'idle' | 'connecting' | 'open' | 'reconnecting' | 'offline' | 'closed'

/** One text delta. `seq`: its cursor in the run's log. */
export interface StreamToken {
  token: string
  seq: number
}

/** Whatever arrives of a run, for who wants to see more than text. Unknown types pass. */
export type StreamEvent =
  | { type: 'start'; messageId: string; runId?: string; threadId?: string }
  | ({ type: 'token' } & StreamToken)
  | { type: 'complete' }
  | { type: 'cancelled' }
  | { type: 'error'; error: StreamError }
  | { type: 'retry'; attempt: number; waitMs: number; error: StreamError }

export interface StreamTimeouts {
  /** Milliseconds from the request to the first event (default 15,000). */
  firstToken?: number
  /** Milliseconds between two events (default 30,000). */
  betweenTokens?: number
  /** Milliseconds in all (default 300,000). */
  total?: number
}

export interface StreamMetrics {
  tokens: number
  /** Milliseconds since `start`; stands still once the run has ended. */
  elapsedMs: number
  tokensPerSecond: number
  /** Milliseconds from `start` to the first token; undefined before it. */
  timeToFirstTokenMs: number | undefined
  /** Connections that were lost and taken up again. */
  resumes: number
}

export interface StreamOptions {
  /** The server's base address (default: the page's own origin); endpoints are below it. */
  url?: string
  transport?: StreamTransportName
  /** Milliseconds in all, or each of the three limits. */
  timeout?: number | StreamTimeouts
  /** Tokens that are shown at once (1–1000), a network profile, or `auto` (the default), which measures and changes while it streams. */
  bufferSize?: number | BufferProfile | 'auto'
  /** Milliseconds of silence after which shown text catches up although the buffer is not full (default 100). */
  flushMs?: number
  /** Tries after a failure, counted anew from the last event that arrived (default 3). */
  maxRetries?: number
  /** Milliseconds before the first of them, doubled each time, ±20 % (default 1,000). */
  retryDelay?: number
  /** Tokens that may wait to be shown before reading is slowed (default 100). */
  maxPending?: number
  /** Name in `sessionStorage` under which the running message is remembered, so that a reload goes on with it. */
  resumeKey?: string
  /** A client secret, asked for before requests and once more after a 401 (`refresh` true). */
  getClientSecret?: (refresh: boolean) => string | Promise<string>
  headers?: () => Record<string, string> | Promise<Record<string, string>>
  /** Used instead of the global `fetch`. */
  fetch?: (url: string, init: RequestInit) => Promise<Response>
  /** Used instead of the global `WebSocket`, which Node has from version 22 on. */
  webSocket?: (url: string, protocols: string[]) => StreamSocket
  /** Logs `[Stream] …` lines, with a summary at the end. */
  debug?: boolean
  onEvent?: (event: StreamEvent) => void
}

/** A WebSocket, as far as it is used here: the browser's, Node's, or that of the package `ws`. */
export interface StreamSocket {
  readonly readyState: number
  send(text: string): void
  close(): void
  addEventListener(type: 'open', listener: () => void): void
  addEventListener(type: 'message', listener: (event: { data: unknown }) => void): void
  addEventListener(type: 'error', listener: () => void): void
  addEventListener(type: 'close', listener: () => void): void
}

export interface StartOptions {
  /** The client's name for the run (made if absent): sent again, it never runs the model twice. */
  messageId?: string
  threadId?: string
  metadata?: Record<string, string>
}

/** An immutable snapshot. */
export interface StreamState {
  /** The text so far, as shown (behind what has arrived by at most the buffer). */
  response: string
  isStreaming: boolean
  isPaused: boolean
  /** What went wrong. While it streams: why the next try is waited for, where that takes more than five seconds. */
  error: StreamError | null
  metrics: StreamMetrics
  messageId: string | undefined
  threadId: string | undefined
  /** 0, or the number of the try that is under way or waited for. */
  attempt: number
  method: StreamMethod
  /** Tokens that are shown at once just now; `auto` changes it. */
  bufferSize: number
  connectionState: ConnectionState
  /** How the last run ended. */
  outcome: 'completed' | 'stopped' | 'failed' | undefined
}

export type StreamErrorType = 'timeout' | 'network' | 'parse' | 'http' | 'model' | 'aborted' | 'unknown'

/** What went wrong, for a person and for code. */
export interface StreamError extends Error {
  readonly name: 'StreamError'
  type: StreamErrorType
  /** The contract's code (§ Errors), or ours where there was no answer. */
  code: string
  /** The field of the request that is wrong. */
  param: string | null
  /** Whether trying again may help. */
  recoverable: boolean
  status?: number
  /** Of `run_in_progress`: the message whose answer is in the way; `attach` follows it. */
  runningMessageId?: string
}

/** A subscription to one run after the other. Works without any UI framework. */
export interface StreamClient {
  getSnapshot(): StreamState
  /** Told at most once a frame (in a browser) while tokens come; returns the way to stop. */
  subscribe(listener: () => void): () => void
  /** Every token as it arrives, unbuffered, for canvases and stores: O(1) each; no snapshot is made for it. */
  onToken(listener: (token: StreamToken) => void): () => void
  /**
   * Sends a message. A run that is under way is stopped first. Resolves with the state at its end, or with `outcome` undefined
   * once it was left by `close`; never rejects: see `error`.
   */
  start(message: string, options?: StartOptions): Promise<StreamState>
  /** Follows a run that exists: from `after` on. Resolves as `start` does. */
  attach(messageId: string, after?: number): Promise<StreamState>
  /**
   * Goes on with the run that was left by `close` or lost by a failure, where it was; after a reload with the one that
   * `resumeKey` remembers. Undefined where there is neither. Resolves as `start` does.
   */
  restore(): Promise<StreamState> | undefined
  /** Asks the server to stop the run, also one that was left; what was said stays. Resolves once it has ended. */
  stop(): Promise<void>
  /** Holds text back (and, past `maxPending`, reading): nothing is lost. */
  pause(): void
  resume(): void
  /** Leaves: connection and timers are gone, the run goes on at the server, and here after `restore`. */
  close(): void
  /**
   * Takes other options, all that are not named by their defaults: `bufferSize`, `flushMs` and `maxPending` at once, the rest
   * from the next run on. @throws TypeError for wrong ones, as `createStreamClient` does
   */
  setOptions(options: StreamOptions): void
}
