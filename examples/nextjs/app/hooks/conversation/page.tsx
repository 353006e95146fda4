import { HookPage } from '../../../components/hooks/hook-page.tsx'
import { hookMetadata } from '../../../components/hooks/hook-pages.ts'
import { ConversationAnswers } from './conversation-answers.tsx'

export const metadata = hookMetadata('useConversation')

export default function Page() {
  return (
    <HookPage hook="useConversation">
      <ConversationAnswers />
    </HookPage>
  )
}
