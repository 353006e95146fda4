import { HookPage } from '../../../components/hooks/hook-page.tsx'
import { hookMetadata } from '../../../components/hooks/hook-pages.ts'
import { StoredAnswer } from './stored-answer.tsx'

export const metadata = hookMetadata('useStreamStore')

export default function Page() {
  return (
    <HookPage hook="useStreamStore">
      <StoredAnswer />
    </HookPage>
  )
}
