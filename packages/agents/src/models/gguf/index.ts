export { findEngine } from './engine.ts'
export { checkGgufFile } from './gguf-file.ts'
export { type GgufModel, type GgufModelOptions, loadGgufModel } from './gguf-model.ts'

export type { GgufInfo } from './messages.ts'
