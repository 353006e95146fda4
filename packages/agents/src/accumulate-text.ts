import type { Markdown, Text } from '@millrace/protocol'
import type { RunStreamEvent } from '@openai/agents'

/**
 * The text of a run as states of one widget component, whose value grows with every delta: for an answer that is shown
 * inside a widget. Yields `base` first; the last state says that the text no longer streams.
 */
export async function* accumulateText<Component extends Text | Markdown>(
  run: AsyncIterable<RunStreamEvent>,
  base: Component,
): AsyncGenerator<Component> {
  let value = ''
  yield base
  for await (const event of run) {
    if (event.type !== 'raw_model_stream_event' || event.data.type !== 'output_text_delta') continue
    value += event.data.delta
    yield { ...base, value }
  }
  yield { ...base, value, streaming: false }
}
