import { HookPage } from '../../../components/hooks/hook-page.tsx'
import { hookMetadata } from '../../../components/hooks/hook-pages.ts'
import { BufferedAnswer } from './buffered-answer.tsx'

export const metadata = hookMetadata('useBufferedStreaming')

export default function Page() {
  return (
    <HookPage hook="useBufferedStreaming">
      <BufferedAnswer />
    </HookPage>
  )
}
