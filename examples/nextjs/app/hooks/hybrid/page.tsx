import { HookPage } from '../../../components/hooks/hook-page.tsx'
import { hookMetadata } from '../../../components/hooks/hook-pages.ts'
import { HybridAnswer } from './hybrid-answer.tsx'

export const metadata = hookMetadata('useHybridStreaming')

export default function Page() {
  return (
    <HookPage hook="useHybridStreaming">
      <HybridAnswer />
    </HookPage>
  )
}
