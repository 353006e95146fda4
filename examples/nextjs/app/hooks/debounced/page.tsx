import { HookPage } from '../../../components/hooks/hook-page.tsx'
import { hookMetadata } from '../../../components/hooks/hook-pages.ts'
import { DebouncedAnswer } from './debounced-answer.tsx'

export const metadata = hookMetadata('useDebouncedStream')

export default function Page() {
  return (
    <HookPage hook="useDebouncedStream">
      <DebouncedAnswer />
    </HookPage>
  )
}
