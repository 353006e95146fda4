export { chatAgent } from './chat-agent.ts'
export { demoAction } from './demo-agent.ts'
