/** Handlers that do what a case's script says, and note what they were given. */
import {
  ChatKitError,
  type ThreadMetadata,
  type ThreadStreamEvent,
  toWireItem,
  toWireThread,
  type UserMessageItem,
} from '@millrace/protocol'
import {
  AttachmentSchema,
  StreamOptionsSchema,
  ThreadItemSchema,
  ThreadStreamEventSchema,
  WidgetRootSchema,
} from '@millrace/protocol/schemas'
import type { ChatKitServerOptions, Store, Turn } from '@millrace/server'
import { streamWidget } from '@millrace/server/widgets'
import type { Json, Script, Step } from '../case.ts'
import { raised, type World } from '../world.ts'

/** Lets the runner wait until a script blocks. */
export interface Blocking {
  blocked: Promise<void>
}

type Handlers = Pick<
  ChatKitServerOptions<unknown>,
  | 'respond'
  | 'action'
  | 'syncAction'
  | 'addFeedback'
  | 'transcribe'
  | 'attachments'
  | 'streamOptions'
  | 'streamCancelled'
>

export function scripted(script: Script, world: World, calls: Json[], store: Store<unknown>): Handlers & Blocking {
  let block = () => {}
  const blocked = new Promise<void>((resolve) => {
    block = resolve
  })
  const play = (steps: readonly Step[], turn: Turn<unknown>) => run(steps, turn, world, block)
  const { sync_action: syncAction, add_feedback: addFeedback, transcribe, attachment_store: files } = script
  return {
    blocked,
    respond: (turn) => {
      calls.push({
        method: 'respond',
        thread: threadOf(turn.thread),
        input_user_message: turn.input ? messageOf(turn.input) : null,
        context: turn.context,
      })
      return play(script.respond ?? [], turn)
    },
    ...(script.action && {
      action: (turn: Turn<unknown>) => {
        calls.push({
          method: 'action',
          thread: threadOf(turn.thread),
          action: { payload: null, ...turn.action },
          sender: turn.sender ? toWireItem(turn.sender) : null,
          context: turn.context,
        })
        return play(script.action ?? [], turn)
      },
    }),
    ...(syncAction && {
      syncAction: async ({ thread, action, sender, context }) => {
        calls.push({
          method: 'sync_action',
          thread: threadOf(thread),
          action: { payload: null, ...action },
          sender: sender ? toWireItem(sender) : null,
          context,
        })
        if (syncAction.raise) throw raised(syncAction.raise)
        const updated = syncAction.return?.updated_item
        return updated ? { updated_item: ThreadItemSchema.parse(updated) } : {}
      },
    }),
    ...(addFeedback && {
      addFeedback: async (feedback, context) => {
        const { thread_id, item_ids, kind } = feedback
        calls.push({ method: 'add_feedback', thread_id, item_ids, feedback: kind, context })
        if (addFeedback.raise) throw raised(addFeedback.raise)
      },
    }),
    ...(transcribe && {
      transcribe: async ({ data, mimeType, mediaType }, context) => {
        const hex = Buffer.from(data).toString('hex')
        calls.push({ method: 'transcribe', data_hex: hex, mime_type: mimeType, media_type: mediaType, context })
        if (transcribe.raise) throw raised(transcribe.raise)
        return { text: transcribe.return?.text ?? '' }
      },
    }),
    ...(files && {
      attachments: {
        create: async (params, id, context) => {
          calls.push({ method: 'attachment_store.create_attachment', input: params, context })
          const { name, mime_type } = params
          if (!files.create) throw new ChatKitError('not_implemented', 'This attachment store creates none.')
          return AttachmentSchema.parse({ type: 'file', ...files.create, id, name, mime_type })
        },
        delete: async (attachmentId, context) => {
          calls.push({ method: 'attachment_store.delete_attachment', attachment_id: attachmentId, context })
          if (files.delete_raises) throw raised(files.delete_raises)
        },
      },
    }),
    ...(script.stream_options && { streamOptions: () => StreamOptionsSchema.parse(script.stream_options) }),
    ...(script.on_cancel && {
      streamCancelled: async (thread, pendingItems, context) => {
        const items = pendingItems.map((item) => toWireItem(item))
        calls.push({ method: 'handle_stream_cancelled', thread: threadOf(thread), pending_items: items, context })
        for (const step of script.on_cancel ?? []) {
          if ('store_add_item' in step)
            await store.saveItem(thread.id, ThreadItemSchema.parse(step.store_add_item), context)
        }
      },
    }),
  }
}

async function* run(
  steps: readonly Step[],
  turn: Turn<unknown>,
  world: World,
  block: () => void,
): AsyncGenerator<ThreadStreamEvent> {
  for (const step of steps) {
    if ('yield' in step) yield ThreadStreamEventSchema.parse(step.yield)
    else if ('set_thread' in step) Object.assign(turn.thread, step.set_thread)
    else if ('raise' in step) throw raised(step.raise)
    else if ('advance_clock' in step) world.advance(step.advance_clock)
    else if ('store_add_item' in step) {
      await turn.store.saveItem(turn.thread.id, ThreadItemSchema.parse(step.store_add_item), turn.context)
    } else if ('stream_widget' in step) {
      const { states, widget, copy_text: copyText } = step.stream_widget
      const shown = states ? widgets(states) : WidgetRootSchema.parse(widget)
      yield* streamWidget(turn, shown, copyText === undefined ? {} : { copyText })
    } else {
      block()
      await aborted(turn.signal)
      return
    }
  }
  block()
}

async function* widgets(states: readonly Json[]) {
  for (const state of states) yield WidgetRootSchema.parse(state)
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}

/** As the reference notes it: a thread without items, its metadata kept. */
function threadOf(thread: ThreadMetadata): Json {
  const { items: _, ...wire } = toWireThread(thread)
  return { ...wire, metadata: thread.metadata }
}

function messageOf(message: UserMessageItem): Json {
  return { ...toWireItem(message), attachments: message.attachments }
}
