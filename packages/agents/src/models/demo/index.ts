export { DEMO_MODEL_NAME, demoModel } from './demo-model.ts'
export { DEMO_PROMPTS, DEMO_TOOLS, INTRODUCTION } from './scenes.ts'

export type { DemoModelOptions } from './demo-model.ts'
