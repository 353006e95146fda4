import { HookPage } from '../../../components/hooks/hook-page.tsx'
import { hookMetadata } from '../../../components/hooks/hook-pages.ts'
import { ResilientAnswer } from './resilient-answer.tsx'

export const metadata = hookMetadata('useResilientStreaming')

export default function Page() {
  return (
    <HookPage hook="useResilientStreaming">
      <ResilientAnswer />
    </HookPage>
  )
}
