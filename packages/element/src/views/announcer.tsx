import { effect } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import type { Chat } from '../chat.ts'
import { useChat } from '../chat-context.ts'

const everyMs = 1500

/** Tells screen readers of an answer: its start, its text in whole sentences, its end (A1). */
export function Announcer() {
  const chat = useChat()
  const region = useRef<HTMLDivElement>(null)
  useEffect(() => {
    let timer: ReturnType<typeof setInterval> | undefined
    let spoken = 0
    const say = (text: string) => {
      if (region.current && text.trim() !== '') region.current.textContent = text
    }
    const sayNew = (isEnd: boolean) => {
      const text = lastAnswer(chat)
      if (text.length < spoken) spoken = 0
      const rest = text.slice(spoken)
      const sentences = isEnd ? rest : (/^[\s\S]*[.!?:。！？\n]/.exec(rest)?.[0] ?? '')
      spoken += sentences.length
      say(`${sentences.replace(/[*_`#>|]+/g, '')} ${isEnd ? chat.messages.peek().responseDone : ''}`)
    }
    const stop = effect(() => {
      const isResponding = chat.isResponding.value
      if (isResponding && timer === undefined) {
        spoken = 0
        say(chat.messages.peek().working)
        timer = setInterval(() => sayNew(false), everyMs)
      } else if (!isResponding && timer !== undefined) {
        clearInterval(timer)
        timer = undefined
        sayNew(true)
      }
    })
    return () => {
      stop()
      clearInterval(timer)
    }
  }, [chat])
  return <div class="hidden-text" role="status" aria-live="polite" ref={region} />
}

/** The text of the assistant's messages after the last user message. */
function lastAnswer(chat: Chat): string {
  const turn = chat.transcript.turns.peek().at(-1)
  return (turn?.cells ?? [])
    .map((cell) => cell.item.peek())
    .flatMap((item) => (item.type === 'assistant_message' ? item.content.map((part) => part.text) : []))
    .join('\n')
}
