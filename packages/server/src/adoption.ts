/**
 * Runs without a living writer: their log is reduced, what had been said is saved, and they end as `interrupted`.
 * Every step may happen twice (saves are upserts), so an adopter may die too.
 */
import { encodeEvent, type ThreadStreamEvent } from '@millrace/protocol'
import type { RunInfo, RunLog, RunWriter } from './log/run-log.ts'
import type { ChatKitSettings } from './options.ts'
import { INTERRUPTED } from './production.ts'
import { hasVisibleText, UnfinishedItems } from './unfinished-items.ts'

/** Returns how many runs were adopted. One that fails is reported and does not keep the others from their end. */
export async function adoptRuns<Context>(settings: ChatKitSettings<Context>): Promise<number> {
  const orphans = await settings.log.adopt()
  for (const { run, writer } of orphans) {
    await conclude(settings, run, writer).catch((error: unknown) =>
      settings.observer.failed?.(error, { runId: run.runId, threadId: run.threadId }),
    )
    await writer.end(INTERRUPTED)
    settings.observer.runEnded?.(
      { ...run, end: INTERRUPTED },
      { tokens: run.tokens, durationMs: Date.now() - run.startedAt },
    )
  }
  return orphans.length
}

async function conclude<Context>(settings: ChatKitSettings<Context>, run: RunInfo, writer: RunWriter): Promise<void> {
  const context = settings.contextOf(run.owner)
  const unfinished = await reduceLog(settings.log, run)
  for (const item of unfinished.current()) {
    if (hasVisibleText(item)) {
      await settings.store.saveItem(run.threadId, item, context)
      writer.append(encodeEvent({ type: 'thread.item.done', item }), 'ours')
    } else {
      writer.append(encodeEvent({ type: 'thread.item.removed', item_id: item.id }), 'ours')
    }
  }
  writer.append(encodeEvent({ type: 'error', code: 'stream.error', allow_retry: true }))
}

async function reduceLog(log: RunLog, run: RunInfo): Promise<UnfinishedItems> {
  const unfinished = new UnfinishedItems()
  const leave = new AbortController()
  try {
    for await (const entries of log.read(run.runId, 0, leave.signal)) {
      for (const entry of entries) {
        // Our own log: what stands in it was encoded by this server.
        if ('data' in entry) unfinished.follow(JSON.parse(entry.data) as ThreadStreamEvent)
      }
      const last = entries.at(-1)
      if (last && last.seq >= run.lastSeq) break
    }
  } finally {
    leave.abort()
  }
  return unfinished
}
