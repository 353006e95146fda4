import type { StartScreenPrompt } from '@openai/chatkit'

/** What the server says of itself in `/config.json`; a server that says nothing gets a page all the same. */
export interface PageConfig {
  title: string
  greeting: string
  prompts: StartScreenPrompt[]
  /** Markdown for the line below the composer; empty for none. */
  disclaimer: string
  attachments: boolean
  /** Whether requests need a session. */
  sessions: boolean
}

export async function readConfig(): Promise<PageConfig> {
  const given = await fetch('/config.json')
    .then((answer): unknown => (answer.ok ? answer.json() : {}))
    .catch(() => ({}))
  const fields: Record<string, unknown> = typeof given === 'object' && given !== null ? { ...given } : {}
  return {
    title: text(fields.title) || 'Millrace',
    greeting: text(fields.greeting) || 'What can I help with today?',
    prompts: Array.isArray(fields.prompts) ? fields.prompts.filter(isPrompt) : [],
    disclaimer: disclaimerOf(text(fields.disclaimer), fields.model),
    attachments: fields.attachments === true,
    sessions: fields.sessions === true,
  }
}

/** A scripted model must say that it is one. */
function disclaimerOf(given: string, model: unknown): string {
  const kind = typeof model === 'object' && model !== null && 'kind' in model ? model.kind : undefined
  if (kind !== 'demo') return given
  return /demo model/i.test(given)
    ? given
    : `Demo model: ${given || 'the answers are scripted. Set OPENAI_API_KEY or AGENT_MODEL to talk to a real one.'}`
}

function isPrompt(value: unknown): value is StartScreenPrompt {
  return typeof value === 'object' && value !== null && 'label' in value && 'prompt' in value
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
