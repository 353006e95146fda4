import { HookPage } from '../../../components/hooks/hook-page.tsx'
import { hookMetadata } from '../../../components/hooks/hook-pages.ts'
import { StreamingAnswer } from './streaming-answer.tsx'

export const metadata = hookMetadata('useStreamingResponse')

export default function Page() {
  return (
    <HookPage hook="useStreamingResponse">
      <StreamingAnswer />
    </HookPage>
  )
}
