/** The overrides of the converter that a case switches on, as the cases define them. */
import type { AgentInputOptions } from '@millrace/agents'

export interface ConverterSwitches {
  attachment?: boolean
  tag?: boolean
  hidden_context?: boolean
  skip_widgets?: boolean
}

export function converterOptions(switches: ConverterSwitches = {}): AgentInputOptions {
  const options: AgentInputOptions = { items: {} }
  if (switches.attachment) {
    options.attachment = (attachment) =>
      attachment.type === 'image'
        ? { type: 'input_image', detail: 'auto', image: attachment.preview_url }
        : { type: 'input_file', filename: attachment.name, file: { url: `https://files.example.com/${attachment.id}` } }
  }
  if (switches.tag) options.tag = ({ id, text }) => ({ type: 'input_text', text: `<Tag id="${id}">${text}</Tag>` })
  options.items = {
    ...(switches.hidden_context
      ? {
          hidden_context_item: ({ content }) => [
            {
              type: 'message',
              role: 'user',
              content: [{ type: 'input_text', text: `HIDDEN ${asciiJson(content)}` }],
            },
          ],
        }
      : {}),
    ...(switches.skip_widgets ? { widget: () => [] } : {}),
  }
  return options
}

/** Compact, with everything beyond ASCII escaped. */
function asciiJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[\u0080-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
