/** The ChatKit protocol, for the chat component. */
import { answer } from '../../server/chat.ts'

export { answer as GET, answer as OPTIONS, answer as POST }
