/** Whether to send traffic here (`/health`), and whether an answer gets through all of it (`/health/stream`). */
import { answer } from '../../../server/chat.ts'

export { answer as GET }
