/**
 * The part of node-llama-cpp 3.22 that is used here, in our own words: the package is optional and large, so it is not
 * installed where this is compiled.
 */

export interface LlamaModule {
  getLlama(options: {
    /** Never compile: a missing prebuilt binary is an error. */
    build: 'never'
    skipDownload: true
    progressLogs: false
    logLevel: 'error'
    maxThreads: number
  }): Promise<Llama>
  LlamaChat: new (options: { contextSequence: LlamaSequence }) => LlamaChat
  NoBinaryFoundError: new () => Error
  InsufficientMemoryError: new () => Error
}

export interface Llama {
  loadModel(options: { modelPath: string }): Promise<LlamaModel>
  dispose(): Promise<void>
}

export interface LlamaModel {
  readonly trainContextSize: number
  readonly tokenizer: unknown
  readonly fileInfo: { readonly metadata: { readonly tokenizer?: { readonly chat_template?: unknown } } }
  createContext(options: { contextSize: { max: number }; sequences: 1 }): Promise<LlamaContext>
}

export interface LlamaContext {
  readonly contextSize: number
  getSequence(): LlamaSequence
}

export interface LlamaSequence {
  /** How many tokens the sequence holds, and so the place of the next one. */
  readonly nextTokenIndex: number
  /** Drops everything from the first difference on. */
  adaptStateToTokens(tokens: number[], allowShift: false): Promise<void>
  evaluateWithoutGeneratingNewTokens(tokens: number[]): Promise<void>
}

export interface LlamaChat {
  readonly chatWrapper: {
    generateContextState(state: {
      chatHistory: readonly ChatItem[]
      availableFunctions?: ChatFunctions
      documentFunctionParams: true
    }): { contextText: { tokenize(tokenizer: unknown): number[] } }
  }
  generateResponse(history: ChatItem[], options: GenerateOptions): Promise<GeneratedResponse>
}

interface GenerateOptions {
  signal: AbortSignal
  stopOnAbortSignal: true
  maxTokens: number
  temperature: number
  topP: number
  seed?: number
  repeatPenalty: { penalty: number; lastTokens: number; penalizeNewLine: boolean }
  dryRepeatPenalty: { strength: number; allowedLength: number; lastTokens: number; sequenceBreakers: string[] }
  functions?: ChatFunctions
  documentFunctionParams: true
  contextShift: { size: number }
  onResponseChunk(chunk: ResponseChunk): void
}

interface ResponseChunk {
  /** Absent for the answer itself. */
  segmentType?: 'thought' | 'comment'
  text: string
  tokens: number[]
}

interface GeneratedResponse {
  functionCalls?: { functionName: string; params: unknown }[]
  metadata: {
    stopReason: 'eogToken' | 'stopGenerationTrigger' | 'functionCalls' | 'maxTokens' | 'abort' | 'customStopTrigger'
  }
}

/** One item of the chat as node-llama-cpp's chat wrappers render it. */
export type ChatItem =
  | { type: 'system'; text: string }
  | { type: 'user'; text: string }
  | { type: 'model'; response: (string | ChatFunctionCall)[] }

export interface ChatFunctionCall {
  type: 'functionCall'
  name: string
  params: unknown
  result: unknown
}

export type ChatFunctions = Record<string, { description?: string; params?: GrammarSchema }>

/** The JSON Schemas that node-llama-cpp can turn into a grammar. */
export type GrammarSchema = (
  | { type: GrammarType | GrammarType[] }
  | { const: Scalar }
  | { enum: Scalar[] }
  | { oneOf: GrammarSchema[] }
  | { type: 'object'; properties: Record<string, GrammarSchema>; additionalProperties?: boolean | GrammarSchema }
  | { type: 'array'; items?: GrammarSchema; minItems?: number; maxItems?: number }
) & { description?: string }

export type GrammarType = 'string' | 'number' | 'integer' | 'boolean' | 'null'
export type Scalar = string | number | boolean | null
