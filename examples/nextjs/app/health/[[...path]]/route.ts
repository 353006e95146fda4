/** Whether to send traffic here (`/health`), and whether an answer gets through all of it (`/health/stream`). */
import { answer } from '../../../server/chat.ts'

export const runtime = 'nodejs'
export const dynamic = 'force-dynamic'

export { answer as GET }
