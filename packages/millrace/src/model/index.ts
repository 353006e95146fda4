export { resolveModel } from './resolve-model.ts'

export type { ModelKind, ResolvedModel } from './resolve-model.ts'
