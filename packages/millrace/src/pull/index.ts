export { pullModel } from './pull-model.ts'
export { modelHub, pythonWheel } from './sources.ts'

export type { Fetching, ModelSource } from './sources.ts'
