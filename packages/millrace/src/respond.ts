/** How turns are answered here: by one agent, which is told of attachments and mentions, and threads get their titles. */
import { type AgentContext, respondWith, titleInBackground } from '@millrace/agents'
import type { UserMessageItem, UserMessageTagContent } from '@millrace/protocol'
import type { AttachmentBytes, Respond, Turn } from '@millrace/server'
import type { Agent } from '@openai/agents'
import { attachmentContent } from './attachment-content.ts'
import type { Log } from './log.ts'
import type { ResolvedModel } from './model/index.ts'

/** Characters of a title that is made of the message itself. */
const TITLE_CHARACTERS = 48

export interface ChatParts {
  agent: Agent<AgentContext<unknown>>
  model: ResolvedModel
  files: Pick<AttachmentBytes<unknown>, 'read'>
  log: Log
}

/** Makes the handler that answers with this agent. */
export function chatResponder<Context>({ agent, model, files, log }: ChatParts): Respond<Context> {
  return respondWith(agent, {
    input: { attachment: attachmentContent(files, model.kind), tag },
    before(context, turn) {
      if (model.kind === 'gguf') titleFromMessage(turn)
      else
        titleInBackground(context, turn.input, { model: model.model, onError: (err) => log.debug({ err }, 'no title') })
    },
  })
}

/** A model in this process answers one request after the other, so a title made by it would hold up the answer. */
function titleFromMessage<Context>({ thread, input }: Turn<Context>): void {
  if (thread.title === undefined && input) thread.title = firstWords(input)
}

function firstWords({ content }: UserMessageItem): string {
  const text = content
    .map((part) => part.text)
    .join('')
    .trim()
    .replaceAll(/\s+/g, ' ')
  if (text.length <= TITLE_CHARACTERS) return text || 'New chat'
  const cut = text.lastIndexOf(' ', TITLE_CHARACTERS)
  return `${text.slice(0, cut > 0 ? cut : TITLE_CHARACTERS)} …`
}

function tag({ text, id, data }: UserMessageTagContent) {
  return { type: 'input_text' as const, text: `${text} (id: ${id}): ${JSON.stringify(data)}` }
}
