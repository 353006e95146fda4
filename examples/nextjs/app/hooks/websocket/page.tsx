import { HookPage } from '../../../components/hooks/hook-page.tsx'
import { hookMetadata } from '../../../components/hooks/hook-pages.ts'
import { WebSocketAnswer } from './web-socket-answer.tsx'

export const metadata = hookMetadata('useWebSocketStreaming')

export default function Page() {
  return (
    <HookPage hook="useWebSocketStreaming">
      <WebSocketAnswer />
    </HookPage>
  )
}
