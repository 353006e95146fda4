/** The ChatKit protocol, for the chat component. */
import { answer } from '../../server/chat.ts'

export const runtime = 'nodejs'
export const dynamic = 'force-dynamic'

export { answer as GET, answer as OPTIONS, answer as POST }
