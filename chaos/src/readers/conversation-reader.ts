/** Reads a run through the project's own client, as the element and the hooks do: its recovery is under test, too. */
import { createConversation, httpTransport, resuming, type SequencedEvent, type Transport } from '@millrace/client'
import type { ThreadItem } from '@millrace/protocol'
import type { Language } from '../script.ts'
import { SILENCE_MS } from './http.ts'
import { Notes, type Reader } from './reading.ts'

/** Silence after which nothing more is expected of a conversation that is not responding. */
const CALM_MS = 150

export interface ConversationReaderOptions {
  name: string
  url: string
  language: Language
  /** Sent as a new chat; or `threadId`, which is opened and followed. */
  message?: string
  threadId?: string
  deadlineMs: number
  onThread?: (threadId: string) => void
}

export function readConversation(options: ConversationReaderOptions): Reader {
  const { url, message, threadId, deadlineMs, onThread } = options
  const reading = new Notes(options.name, options.language)
  // Patient and quick, so that a fault of seconds costs no more than that; the deadline is the suite's.
  const limits = {
    maxTries: 200,
    baseMs: 40,
    answerMs: SILENCE_MS,
    firstEventMs: SILENCE_MS,
    betweenEventsMs: SILENCE_MS,
  }
  const transport = resuming(httpTransport({ url: `${url}/chatkit` }), limits)
  const conversation = createConversation({ transport: watched(transport, reading), channel: null })
  let knownThread: string | null = null

  const over = new Promise<void>((resolve) => {
    const deadline = setTimeout(giveUp, deadlineMs)
    let calm: NodeJS.Timeout | undefined

    conversation.subscribe(look)
    conversation.on(look)
    const begun = message
      ? conversation.send({ content: [{ type: 'input_text', text: message }] })
      : conversation.openThread(threadId ?? null)
    begun.then(opened, (error: Error) => {
      reading.complain(error.message)
      finish()
    })

    /** A thread that is loaded and not being answered is all there is, whatever became of its last run. */
    function opened() {
      if (!message && !conversation.getSnapshot().isResponding) reading.ended('ended')
      look()
    }

    function look() {
      const { items, threadId: shown, isLoading, isResponding } = conversation.getSnapshot()
      if (shown !== knownThread) {
        knownThread = shown
        if (shown) onThread?.(shown)
      }
      reading.show(answerIn(items))
      clearTimeout(calm)
      // A conversation that has lost its run loads the thread, and nothing says when that is done.
      if (!isLoading && !isResponding) calm = setTimeout(calmed, CALM_MS)
    }

    function calmed() {
      if (reading.end !== undefined) finish()
      else calm = setTimeout(calmed, CALM_MS)
    }

    function giveUp() {
      const { isLoading, isResponding } = conversation.getSnapshot()
      if (isLoading || isResponding) reading.complain(`still ${isLoading ? 'loading' : 'responding'} at the deadline`)
      finish()
    }

    function finish() {
      clearTimeout(deadline)
      clearTimeout(calm)
      conversation.dispose()
      resolve()
    }
  })
  return { reading, over }
}

/** Notes how runs end: a conversation shows it, but does not say it in so many words. */
function watched(transport: Transport, reading: Notes): Transport {
  return {
    request: (req, signal) => transport.request(req, signal),
    async stream(req, options) {
      const stream = await transport.stream(req, options)
      if (!stream) {
        reading.ended('gone')
        return undefined
      }
      if (stream.status && stream.status !== 'running') reading.ended('ended')
      return { ...stream, [Symbol.asyncIterator]: () => noted(stream) }
    },
  }

  async function* noted(stream: AsyncIterable<SequencedEvent>): AsyncGenerator<SequencedEvent> {
    for await (const entry of stream) {
      if (entry.event.type === 'run.ended') reading.ended(entry.event.outcome)
      yield entry
    }
  }
}

/** The answer to the last message. */
function answerIn(items: readonly ThreadItem[]): string {
  const asked = items.findLastIndex((item) => item.type === 'user_message')
  return textIn(items.slice(asked + 1))
}

export function textIn(items: readonly ThreadItem[]): string {
  return items
    .flatMap((item) => (item.type === 'assistant_message' ? item.content.map(({ text }) => text) : []))
    .join('')
}
