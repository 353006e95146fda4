/**
 * Launches an opened run: saves the user's part, shows what comes before the answer, and starts its production.
 * Before it: `runs.ts` opened the run by its plan. After it: `production.ts`.
 */
import { ChatKitError, encodeEvent, type StreamingReq, type ThreadStreamEvent } from '@millrace/protocol'
import type { LateSaves } from './late-saves.ts'
import type { RunInfo, RunWriter } from './log/run-log.ts'
import type { ChatKitSettings } from './options.ts'
import { Production } from './production.ts'
import { Recording } from './record.ts'
import { withoutItems } from './retry-view.ts'
import { runStore } from './run-store.ts'
import type { Turn } from './turn.ts'
import { TurnThread } from './turn-thread.ts'
import type { TurnPlan } from './turns.ts'

export interface Launch<Context> {
  request: StreamingReq
  plan: TurnPlan
  writer: RunWriter
  run: RunInfo
  context: Context
  settings: ChatKitSettings<Context>
  lateSaves: LateSaves
}

/** What can't be saved gives the run back and is thrown: then it was never there. */
export async function launch<Context>(launched: Launch<Context>): Promise<Production<Context>> {
  const { plan, writer, context, settings } = launched
  try {
    const options = settings.streamOptions(plan.thread, context)
    const opening: ThreadStreamEvent[] = [...plan.before]
    if (plan.handler !== 'refused') opening.push({ type: 'stream_options', stream_options: options })
    const encoded = opening.map((event) => encodeEvent(event))
    if (plan.writes.length > 0) await settings.store.commit(plan.writes, context)
    for (const data of encoded) writer.append(data)
  } catch (error) {
    await writer.abandon()
    throw error
  }
  return produce(launched)
}

function produce<Context>({ request, plan, writer, run, context, settings, lateSaves }: Launch<Context>) {
  const thread = new TurnThread(plan.thread)
  const abort = new AbortController()
  const givenUp = new Set(plan.givenUp)
  const threadId = plan.thread.id
  const store = runStore(settings.store, { writer, patienceMs: settings.storePatienceMs })
  const shared = { store, context, writer, thread, threadId }
  const turn: Turn<Context> = {
    thread: thread.thread,
    context,
    signal: abort.signal,
    store: givenUp.size > 0 ? withoutItems(store, threadId, givenUp) : store,
    runId: run.runId,
    metadata: request.metadata ?? {},
    generateId: settings.generateId,
    now: settings.now,
    ...(plan.input ? { input: plan.input } : {}),
    ...(plan.action ? { action: plan.action } : {}),
    ...(plan.sender ? { sender: plan.sender } : {}),
  }
  return new Production<Context>({
    ...shared,
    runId: run.runId,
    settings,
    lateSaves,
    abort,
    recording: new Recording({ ...shared, givenUp }),
    first: plan.first,
    source: sourceOf(plan, turn, settings),
  })
}

function sourceOf<Context>(
  plan: TurnPlan,
  turn: Turn<Context>,
  { respond, action }: ChatKitSettings<Context>,
): AsyncIterable<ThreadStreamEvent> {
  if (plan.handler === 'refused') return one({ type: 'error', code: 'stream.error', allow_retry: false })
  if (plan.handler === 'respond') return lazily(() => respond(turn))
  return lazily(() => {
    if (!action) throw new ChatKitError('not_implemented', 'This server has no handler for actions.')
    return action(turn)
  })
}

async function* one(event: ThreadStreamEvent) {
  yield event
}

/** Calls `make` at the first pull, so that what it throws is the run's failure. */
function lazily(make: () => AsyncIterable<ThreadStreamEvent>): AsyncIterable<ThreadStreamEvent> {
  return { [Symbol.asyncIterator]: () => make()[Symbol.asyncIterator]() }
}
