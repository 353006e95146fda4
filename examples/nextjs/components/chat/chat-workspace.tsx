'use client'

import { ChatKit, useChatKit } from '@openai/chatkit-react'
import Script from 'next/script'
import { useState } from 'react'
import { useSettings } from '../settings-provider.tsx'
import { Celebration } from './celebration.tsx'
import { ACCENTS, INITIAL_LOOK, type Look, usePageScheme } from './look.ts'
import { LookControls } from './look-controls.tsx'
import { lastThread, rememberThread } from './remembered-thread.ts'
import { useHappenings } from './use-happenings.ts'

/** The prompts of the start screen: what the demo model shows when it is asked for it in these words. */
const PROMPTS = [
  { label: 'Write a long answer', prompt: 'Write a long answer in markdown', icon: 'square-text' as const },
  { label: 'Read this page', prompt: 'Read this page with a client tool', icon: 'desktop' as const },
  { label: 'Celebrate', prompt: 'Send a client effect', icon: 'confetti' as const },
]

/** A page with a chat beside it, as apps have one: its controls are locked while an answer is given, and the model can read them. */
export function ChatWorkspace() {
  const { apiUrl } = useSettings()
  const [look, setLook] = useState<Look>(INITIAL_LOOK)
  const [note, setNote] = useState('')
  const [isLocked, setLocked] = useState(false)
  const [isMissing, setMissing] = useState(false)
  const [party, setParty] = useState<string>()
  const [initialThread] = useState(lastThread)
  const { happenings, add } = useHappenings()
  const scheme = usePageScheme(look.scheme)

  const { control } = useChatKit({
    api: { url: `${apiUrl}/chatkit`, domainKey: 'local' },
    initialThread,
    frameTitle: 'Chat',
    theme: {
      colorScheme: scheme,
      radius: 'soft',
      color: { accent: { primary: ACCENTS[look.accent][scheme], level: 1 } },
    },
    startScreen: { greeting: 'What shall this page do?', prompts: PROMPTS },
    threadItemActions: { retry: true },
    // Both come once for each answer, and the end comes whatever ends it: done, stopped, failed, or a lost connection.
    onResponseStart() {
      setLocked(true)
      add('An answer begins: the controls are locked')
    },
    onResponseEnd() {
      setLocked(false)
      add('The answer is over: the controls are open')
    },
    onThreadChange({ threadId }) {
      rememberThread(threadId)
      add(threadId === null ? 'A new chat' : 'A chat is open')
    },
    onError({ error }) {
      add(`An error: ${error.message}`)
    },
    // An effect is told and forgotten: the model does not wait.
    onEffect({ name, data }) {
      add(`The effect “${name}”`)
      if (name === 'celebrate') setParty(typeof data?.message === 'string' ? data.message : '')
    },
    // A client tool is waited for: what this gives goes back to the model, and its answer goes on.
    onClientTool({ name }) {
      add(`The client tool “${name}”`)
      if (name !== 'read_page') throw new Error(`This page has no tool “${name}”.`)
      return { title: document.title, address: location.pathname, theme: scheme, accent: look.accent, note }
    },
  })

  return (
    <div className="workspace">
      <section className="panel" aria-labelledby="panel-title">
        <h1 id="panel-title">A page with a chat</h1>
        <p>While an answer is given these controls are locked. Ask the chat to read the page, and it sees them.</p>
        <LookControls isLocked={isLocked} look={look} onLook={setLook} note={note} onNote={setNote} />
        <p className="lock" role="status" data-locked={isLocked}>
          {isLocked ? 'Locked: an answer is being given' : 'Open'}
        </p>
        <h2>What happened</h2>
        <ol className="happenings">
          {happenings.map(({ key, text }) => (
            <li key={key}>{text}</li>
          ))}
        </ol>
      </section>
      <Script src="/chatkit.js" onError={() => setMissing(true)} />
      {isMissing ? (
        <p className="missing" role="alert">
          The chat could not be loaded: <code>/chatkit.js</code> did not come. Reload the page to try again.
        </p>
      ) : (
        <ChatKit control={control} className="chat" />
      )}
      {party !== undefined && <Celebration message={party} onEnd={() => setParty(undefined)} />}
    </div>
  )
}
