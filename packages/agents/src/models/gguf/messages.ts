/** What the model's thread and the rest of the process say to each other. */
import type { ChatFunctions, ChatItem } from './llama-binding.ts'

/** What the thread is started with. */
export interface ThreadStart {
  /** File URL of node-llama-cpp's entry. */
  engineUrl: string
  modelPath: string
  /** At most so many tokens of context; a model trained for less, or too little memory, makes it less. */
  contextTokens: number
  maxThreads: number
  /** Set to 1 and notified when the engine is disposed of: a process that ends before that is aborted by the engine. */
  disposed: Int32Array
}

/** One answer to generate. */
export interface Generation {
  id: number
  history: ChatItem[]
  /** Left out, the model is offered no tools. */
  functions?: ChatFunctions
  /** Tokens of the answer; absent: as many as the context has room for. */
  maxTokens?: number
  temperature: number
  topP: number
  seed?: number
}

export type ToThread = { type: 'generate'; generation: Generation } | { type: 'stop'; id: number } | { type: 'close' }

/** What a loaded model can do. */
export interface GgufInfo {
  contextTokens: number
  /** Whether its chat template knows of tools. */
  callsTools: boolean
}

/** Why a model could not be loaded. */
export type LoadFailure = 'no_binary' | 'no_memory' | 'bad_file'

/** How a generation ended. `context_full`: the context had no room for more; `input_too_long`: not even for the question. */
export type GenerationEnd = {
  input: number
  output: number
} & (
  | { reason: 'complete' | 'max_tokens' | 'context_full' | 'input_too_long' | 'stopped' }
  | { reason: 'failed'; message: string }
)

/** A piece of what the model says: text, a thought, or a function call with its arguments as JSON. */
export type Said = { text: string } | { thought: string } | { call: string; json: string }

export type FromThread =
  | { type: 'loaded'; info: GgufInfo }
  | { type: 'not_loaded'; why: LoadFailure; message: string }
  /** How much of the input has been read, from 0 to 1; told at most once a second. */
  | { type: 'reading'; id: number; share: number }
  /** Several pieces at once: crossing the thread boundary costs more than making a token of a small model. */
  | { type: 'said'; id: number; pieces: Said[] }
  | { type: 'ended'; id: number; end: GenerationEnd }
