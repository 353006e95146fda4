/** A message on its way, and everyone who reads its answer. */
import { setTimeout as delay } from 'node:timers/promises'
import type { Random } from '@millrace/testbed'
import { readChatkit } from './readers/chatkit-reader.ts'
import { readConversation } from './readers/conversation-reader.ts'
import { readByPolling, readPlainStream } from './readers/plain-readers.ts'
import type { Reader } from './readers/reading.ts'
import { readWebSocket } from './readers/websocket-reader.ts'
import type { Language, Script } from './script.ts'

export type ReaderKind = 'chatkit' | 'conversation' | 'stream' | 'polling' | 'websocket'

const ALL_KINDS: readonly ReaderKind[] = ['chatkit', 'conversation', 'stream', 'polling', 'websocket']

/** How long a reader tries before it counts as one that never saw an end. */
export const PATIENCE_MS = 30_000

export interface AnswerOptions {
  script: Script
  language: Language
  /** Who sends it: a reader of the suite's own, or the project's client as a page uses it. Default `suite`. */
  by?: 'suite' | 'client'
  /** Where the sender and all readers come in. */
  url: string
  /** Where the message itself is sent to at first, as to the node that is to produce the answer. */
  at?: string
  /** Of the thread to go on with. Default: a new one. */
  threadId?: string
  /** The sender does not send its message again once the run is known: where that is gone, the same id would start another. */
  isSentOnce?: boolean
  random: Random
}

export class Answer {
  readonly script: Script
  /** The one who sent the message; it reads on like the others. */
  readonly sender: Reader
  readonly readers: Reader[] = []
  /** What each entry of the run holds, for whoever saw it first. */
  readonly past = new Map<number, string>()
  readonly #options: AnswerOptions
  #runId: string | undefined
  #threadId: string | undefined

  constructor(options: AnswerOptions) {
    this.#options = options
    this.script = options.script
    this.#threadId = options.threadId
    this.sender = options.by === 'client' ? this.#sendByClient() : this.#send()
    this.readers.push(this.sender)
  }

  #send(): Reader {
    const { script, language, url, at, threadId, isSentOnce = false, random } = this.#options
    return readChatkit({
      name: 'the sender',
      url,
      language,
      start: {
        body: requestOf(language.messageOf(script), threadId),
        messageId: script.name,
        isSentOnce,
        ...(at && { at }),
      },
      ...(threadId && { threadId }),
      past: this.past,
      random,
      deadlineMs: PATIENCE_MS,
      onRun: (run) => {
        this.#runId = run.runId
        this.#threadId ??= run.threadId
      },
    })
  }

  /** It chooses the message's id itself. */
  #sendByClient(): Reader {
    const { script, language, url } = this.#options
    return readConversation({
      name: 'the client that sent it',
      url,
      language,
      message: language.messageOf(script),
      deadlineMs: PATIENCE_MS,
      onThread: (threadId) => {
        this.#threadId = threadId
      },
    })
  }

  get language(): Language {
    return this.#options.language
  }

  get runId(): string | undefined {
    return this.#runId
  }

  get threadId(): string | undefined {
    return this.#threadId
  }

  /** Tokens that the sender has seen so far. */
  get tokensShown(): number {
    return this.sender.reading.tokens.length
  }

  /** Resolves once the sender has seen so many tokens, or the end. */
  async shows(tokens: number): Promise<void> {
    const deadline = performance.now() + PATIENCE_MS
    while (this.tokensShown < tokens && this.sender.reading.end === undefined) {
      if (performance.now() > deadline) throw new Error(`The answer to ${this.script.name} did not come.`)
      await delay(5)
    }
  }

  /** The kinds of reader that can find the run. */
  get kinds(): readonly ReaderKind[] {
    return this.#options.by === 'client' ? ['chatkit', 'conversation'] : ALL_KINDS
  }

  /** Adds a reader, from the start of the answer. The run is known (`shows`). */
  follow(kind: ReaderKind, url = this.#options.url): Reader {
    const reader = this.#reader(kind, url)
    this.readers.push(reader)
    return reader
  }

  /** Sends the same message under the same id once more, at first to `at`; whoever sends it reads the answer. */
  sendAgain(at: string): Reader {
    const { language, url, threadId, random } = this.#options
    const reader = readChatkit({
      name: 'a second sender',
      url,
      language,
      start: { body: requestOf(language.messageOf(this.script), threadId), messageId: this.script.name, at },
      ...(threadId && { threadId }),
      past: this.past,
      random,
      deadlineMs: PATIENCE_MS,
    })
    this.readers.push(reader)
    return reader
  }

  #reader(kind: ReaderKind, url: string): Reader {
    const { language, random } = this.#options
    const common = { name: `a ${kind} reader`, url, language, deadlineMs: PATIENCE_MS }
    const plain = { ...common, messageId: this.script.name }
    switch (kind) {
      case 'chatkit':
        return readChatkit({
          ...common,
          past: this.past,
          random,
          ...(this.#runId ? { runId: this.#runId } : this.#threadId && { threadId: this.#threadId }),
        })
      case 'conversation':
        return readConversation({ ...common, ...(this.#threadId && { threadId: this.#threadId }) })
      case 'stream':
        return readPlainStream(plain)
      case 'polling':
        return readByPolling(plain)
      case 'websocket':
        return readWebSocket(plain)
      default:
        return kind satisfies never
    }
  }

  /** Resolves once every reader has seen the end or given up. */
  async over(): Promise<void> {
    await Promise.all(this.readers.map(({ over }) => over))
  }
}

export function requestOf(text: string, threadId: string | undefined): object {
  const content = [{ type: 'input_text', text }]
  const input = { content, attachments: [], inference_options: {} }
  return threadId
    ? { type: 'threads.add_user_message', params: { input, thread_id: threadId } }
    : { type: 'threads.create', params: { input } }
}
