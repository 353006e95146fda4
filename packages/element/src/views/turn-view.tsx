import type { ThreadItem } from '@millrace/protocol'
import { useChat } from '../chat-context.ts'
import { type ItemView, itemViews } from '../items/item-views.tsx'
import type { Cell, Turn } from '../transcript.ts'
import { Tail } from './tail.tsx'
import { TurnActions } from './turn-actions.tsx'

/** One turn: the user's message, what answered it, and the buttons under it (P3). */
export function TurnView({ turn, isLast, isAnchored }: { turn: Turn; isLast: boolean; isAnchored: boolean }) {
  const chat = useChat()
  const isLive = isLast && chat.isResponding.value
  return (
    <div class={isAnchored ? 'turn anchored' : 'turn'} data-turn={turn.key}>
      {turn.cells.map((cell) => (
        <CellView key={cell.key} cell={cell} isLive={isLive} />
      ))}
      {isLast && <Tail />}
      <TurnActions turn={turn} isLive={isLive} />
    </div>
  )
}

/** Reads its own item's signal, so a token draws this item and no other. */
function CellView({ cell, isLive }: { cell: Cell; isLive: boolean }) {
  const item = cell.item.value
  // Unknown types come from a newer server and are left out (N8). The cast only widens each view to the union it is looked up by.
  const View = itemViews[item.type] as ItemView<ThreadItem> | undefined
  return View ? <View item={item} isLive={isLive} /> : null
}
