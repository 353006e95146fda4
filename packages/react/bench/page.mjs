/** What is measured, in the page: each function does its work and resolves when it is through. */
import { createStreamClient } from '@millrace/client/stream'
import { createMarkdownStream } from '@millrace/markdown'
import { StreamingMarkdown, useStreamingResponse, useStreamStore } from '@millrace/react'
import { createElement, useState } from 'react'
import { flushSync } from 'react-dom'
import { createRoot } from 'react-dom/client'

let renders = 0

/** Answers with `tokens` tokens, 50 in a piece, as fast as they are read. */
function flood(tokens) {
  const encoder = new TextEncoder()
  const line = (seq) => `id: ${seq}\ndata: {"type":"token","token":"word${seq % 10} "}\n\n`
  return async () => {
    let seq = 0
    const body = new ReadableStream({
      pull(controller) {
        let piece = ''
        for (let count = 0; count < 50 && seq < tokens; count++) piece += line(++seq)
        if (piece === '') piece = `id: ${seq + 1}\ndata: {"type":"complete"}\n\n`
        controller.enqueue(encoder.encode(piece))
        if (piece.includes('complete')) controller.close()
      },
    })
    return new Response(body, {
      headers: { 'content-type': 'text/event-stream', 'x-message-id': 'm', 'x-run-id': 'r' },
    })
  }
}

function mount(component, props) {
  const element = document.body.appendChild(document.createElement('div'))
  const root = createRoot(element)
  flushSync(() => root.render(createElement(component, props)))
  return () => {
    root.unmount()
    element.remove()
  }
}

/** Looks at `fields` of its stream, which it leaves in `held`. */
function Deaf({ tokens, fields, held }) {
  renders += 1
  const [fetch] = useState(() => flood(tokens))
  const stream = useStreamingResponse({ fetch, maxPending: 1_000_000, bufferSize: 5 })
  for (const field of fields) void stream[field]
  held.stream = stream
  return null
}

async function hook(tokens, fields) {
  const held = {}
  const unmount = mount(Deaf, { tokens, fields, held })
  await new Promise((resolve) => setTimeout(resolve, 50))
  renders = 0
  const { metrics } = await held.stream.startStream('Hi')
  unmount()
  return { tokens: metrics.tokens, renders }
}

/** Renders for every piece. */
function Grows({ isShown, held }) {
  const [text, setText] = useState('')
  held.setText = setText
  return isShown ? createElement(StreamingMarkdown, { text, isStreaming: true, options }) : null
}

/** A client that is given its text, and tells of it once a frame as the real one does. */
function markdownClient() {
  const listeners = new Set()
  let state = { response: '', isStreaming: true, messageId: 'm' }
  let isAsked = false
  return {
    getSnapshot: () => state,
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    show(text) {
      state = { ...state, response: text }
      if (isAsked) return
      isAsked = true
      requestAnimationFrame(() => {
        isAsked = false
        for (const listener of listeners) listener()
      })
    },
  }
}

const options = { highlight: false }

const channel = new MessageChannel()

function nextTask() {
  return new Promise((resolve) => {
    channel.port1.onmessage = resolve
    channel.port2.postMessage(null)
  })
}

window.bench = {
  async client(tokens) {
    const client = createStreamClient({ fetch: flood(tokens), maxPending: 1_000_000, bufferSize: 5 })
    const { metrics } = await client.start('Hi')
    return { tokens: metrics.tokens, renders: 0 }
  },
  'hook that reads nothing': (tokens) => hook(tokens, []),
  'hook that reads isStreaming': (tokens) => hook(tokens, ['isStreaming']),
  async store(tokens) {
    const { addToken, reset } = useStreamStore.getState()
    reset()
    for (let count = 0; count < tokens; count++) addToken('word ')
    await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)))
    return { tokens: useStreamStore.getState().response.length / 5, renders: 0 }
  },
  async markdown(way, pieces) {
    const element = document.body.appendChild(document.createElement('div'))
    const client = markdownClient()
    const held = {}
    const unmount =
      way === 'bare'
        ? () => element.remove()
        : way === 'stream'
          ? mount(StreamingMarkdown, { stream: client, options })
          : mount(Grows, { isShown: way === 'text', held })
    const stream = createMarkdownStream(element, options)
    let text = ''
    for (const piece of pieces) {
      await nextTask()
      text += piece
      if (way === 'bare') stream.append(piece)
      else if (way === 'stream') client.show(text)
      else held.setText(text)
    }
    await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)))
    const shown = document.body.lastElementChild?.textContent?.length
    unmount()
    return shown
  },
}
