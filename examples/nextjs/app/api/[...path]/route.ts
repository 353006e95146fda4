/** The plain token streams and what belongs to them, for the hooks: `/api/stream/…`, `/api/message/…`. */
import { answer } from '../../../server/chat.ts'

export { answer as GET, answer as OPTIONS, answer as POST }
