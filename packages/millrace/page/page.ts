/** The served page: one chat that fills the window, follows the system's colours, and opens the last thread again. */
import type { ChatKitOptions, OpenAIChatKit } from '@openai/chatkit'
import { type PageConfig, readConfig } from './config.ts'
import { playEffect } from './effects.ts'
import { sessionFetch } from './session.ts'

const threadKey = 'millrace.thread'
const schemeKey = 'millrace.scheme'
type Scheme = 'light' | 'dark'

/** How the chat calls the server where it wants a session. */
const fetchWithSession = sessionFetch()

const chat = document.querySelector<OpenAIChatKit>('#chat')
const prefersDark = matchMedia('(prefers-color-scheme: dark)')

if (chat) start(chat, await readConfig())

function start(chat: OpenAIChatKit, config: PageConfig): void {
  const title = config.title
  document.title = title
  const show = () => {
    const scheme = currentScheme()
    document.documentElement.dataset.scheme = scheme
    chat.setOptions(optionsFor(config, scheme, () => toggleScheme(show)))
  }
  chat.addEventListener('chatkit.thread.change', ({ detail }) => {
    if (detail.threadId === null) localStorage.removeItem(threadKey)
    else localStorage.setItem(threadKey, detail.threadId)
  })
  chat.addEventListener('chatkit.error', ({ detail }) => {
    console.error(detail.error)
    // The thread that was to be opened again is gone; the next reload must not ask for it.
    if ('code' in detail.error && detail.error.code === 'not_found') localStorage.removeItem(threadKey)
  })
  chat.addEventListener('chatkit.effect', ({ detail }) => playEffect(detail.name, detail.data ?? {}))
  prefersDark.addEventListener('change', show)
  show()
}

function optionsFor(config: PageConfig, scheme: Scheme, toggle: () => void): ChatKitOptions {
  return {
    api: {
      url: '/chatkit',
      domainKey: 'local',
      uploadStrategy: { type: 'two_phase' },
      ...(config.sessions && { fetch: fetchWithSession }),
    },
    theme: { colorScheme: scheme },
    frameTitle: config.title,
    initialThread: localStorage.getItem(threadKey),
    header: { rightAction: { icon: scheme === 'dark' ? 'light-mode' : 'dark-mode', onClick: toggle } },
    startScreen: { greeting: config.greeting, prompts: config.prompts },
    composer: { attachments: { enabled: config.attachments } },
    threadItemActions: { feedback: true, retry: true },
    ...(config.disclaimer === '' ? {} : { disclaimer: { text: config.disclaimer } }),
    onClientTool: ({ name }) => {
      if (name === 'read_page') return pageInfo(scheme)
      throw new Error(`This page has no tool "${name}".`)
    },
  }
}

/** What the model is told of the page when it asks. */
function pageInfo(scheme: Scheme): Record<string, unknown> {
  return {
    title: document.title,
    url: location.href,
    language: navigator.language,
    width: innerWidth,
    height: innerHeight,
    theme: scheme,
  }
}

/** The reader's own choice, else the system's. */
function currentScheme(): Scheme {
  const chosen = localStorage.getItem(schemeKey)
  if (chosen === 'light' || chosen === 'dark') return chosen
  return prefersDark.matches ? 'dark' : 'light'
}

function toggleScheme(show: () => void): void {
  localStorage.setItem(schemeKey, currentScheme() === 'dark' ? 'light' : 'dark')
  show()
}
