/** How the end of a streaming text is told: by the whole widget in the reference, by a last delta with `done` in ours. */
import type { Json } from './case.ts'
import { difference, isRecord } from './compare.ts'

export function isRootUpdate({ update }: Json): boolean {
  return isRecord(update) && update.type === 'widget.root.updated'
}

function isLastDelta({ update }: Json): boolean {
  return isRecord(update) && update.type === 'widget.streaming_text.value_delta' && update.done === true
}

/** The recorded frames, with ours in the place of whole widgets that were sent because a text ended as it grew. */
export function withLastDeltas(recorded: readonly Json[], ours: readonly Json[]): Json[] {
  const frames: Json[] = []
  for (const frame of recorded) {
    const from = frames.length
    if (!isRootUpdate(frame) || difference(ours[from], frame) === undefined) {
      frames.push(frame)
      continue
    }
    for (
      let mine = ours[from];
      mine && isLastDelta(mine) && mine.item_id === frame.item_id;
      mine = ours[frames.length]
    ) {
      frames.push(mine)
    }
    if (frames.length === from) frames.push(frame)
  }
  return frames
}
