import { setImmediate as nextTurn } from 'node:timers/promises'
import type { ThreadStreamEvent } from '@millrace/protocol'
import { MemoryStore } from '@millrace/server'
import { Agent, type Model, type RunContext, Runner, type StreamEvent, tool } from '@openai/agents'
import {
  assistantMessage,
  functionCall as call,
  modelResponse,
  modelStream,
  ScriptedModel,
} from '@openai/agents/testing'
import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { AgentContext } from './agent-context.ts'
import { modelProgress } from './models/progress-event.ts'
import { streamAgent } from './stream-agent.ts'
import { tapped } from './tap.ts'
import { chatWith, outline, PATHS, textOf } from './testing/chat.ts'
import { answer, beginning, delta, functionCall, startService, streams } from './testing/responses-service.ts'
import { testTurn } from './testing/turn.ts'

const NO_PARAMETERS = z.object({})

/** A Chat Completions stream: each chunk's delta, then the end. Services often name no id. */
function completion(deltas: object[], { id = '', finish = 'stop' }: { id?: string; finish?: string } = {}) {
  const chunk = (fields: object) => ({ id, object: 'chat.completion.chunk', created: 0, model: 'm', ...fields })
  return streams(
    [
      ...deltas.map((entry) => chunk({ choices: [{ index: 0, delta: entry, finish_reason: null }] })),
      chunk({ choices: [{ index: 0, delta: {}, finish_reason: finish }] }),
    ],
    (body) => body.end('data: [DONE]\n\n'),
  )
}

describe.each(PATHS)('through %s', (path) => {
  test('a Chat Completions service is streamed like any other, though it names no ids', async () => {
    const { provider } = await startService(completion([{ content: 'Hel' }, { content: 'lo' }]), {
      useResponses: false,
    })
    const chat = chatWith({ agent: new Agent({ name: 'A', model: 'm' }), provider, path })
    const first = await chat.say('Hi')
    expect(outline(first.events).slice(3)).toEqual([
      'assistant_message added',
      'content_part.added',
      'content_part.text_delta',
      'content_part.text_delta',
      'content_part.done',
      'assistant_message done',
    ])
    await chat.say('Again')
    const answers = (await chat.items()).filter((item) => item.type === 'assistant_message')
    expect(answers.map((item) => item.content[0]?.text)).toEqual(['Hello', 'Hello'])
    expect(new Set(answers.map(({ id }) => id)).size).toBe(2)
    expect(answers.every(({ id }) => id.startsWith('msg_'))).toBe(true)
  })

  test('an id that the thread has already does not overwrite what is there', async () => {
    const { provider } = await startService([streams(answer('One', 'msg_same')), streams(answer('Two', 'msg_same'))])
    const chat = chatWith({ agent: new Agent({ name: 'A', model: 'm' }), provider, path })
    await chat.say('Hi')
    await chat.say('Again')
    const answers = (await chat.items()).filter((item) => item.type === 'assistant_message')
    expect(answers.map((item) => item.content[0]?.text)).toEqual(['One', 'Two'])
    expect(answers[0]?.id).toBe('msg_same')
  })

  test('a message and a client tool call which a service gives one id are two items', async () => {
    const said = [{ content: 'Where are you?' }]
    const called = [
      { tool_calls: [{ index: 0, id: 'call_1', type: 'function', function: { name: 'locate', arguments: '{}' } }] },
    ]
    const service = completion([...said, ...called], { id: 'chatcmpl-1', finish: 'tool_calls' })
    const { provider } = await startService(service, { useResponses: false })
    const locate = tool({
      name: 'locate',
      description: 'Where the user is',
      parameters: NO_PARAMETERS,
      execute: (_input: unknown, run?: RunContext<AgentContext>) => {
        run?.context.clientToolCall('locate', { precise: true })
        return ''
      },
    })
    const agent = new Agent<AgentContext>({
      name: 'A',
      model: 'm',
      tools: [locate],
      toolUseBehavior: { stopAtToolNames: ['locate'] },
    })
    const chat = chatWith({ agent, provider, path })
    const { end } = await chat.say('Hi')
    expect(end).toEqual({ outcome: 'completed' })
    const [, message, toolCall] = await chat.items()
    expect(message).toMatchObject({ type: 'assistant_message', id: 'chatcmpl-1' })
    expect(toolCall).toMatchObject({
      type: 'client_tool_call',
      call_id: 'call_1',
      status: 'pending',
      arguments: { precise: true },
    })
    expect(toolCall?.id).not.toBe('chatcmpl-1')
  })

  test('a refusal of a Chat Completions service is the answer', async () => {
    const { provider } = await startService(completion([{ refusal: 'I cannot.' }]), { useResponses: false })
    const chat = chatWith({ agent: new Agent({ name: 'A', model: 'm' }), provider, path })
    const { events, end } = await chat.say('Hi')
    expect(end).toEqual({ outcome: 'completed' })
    expect(textOf(events)).toBe('I cannot.')
  })

  test('a model that tells only its finished response is shown whole', async () => {
    const model = new ScriptedModel([modelResponse([assistantMessage('All at once', { id: 'msg_1' })])])
    const agent = new Agent<AgentContext>({ name: 'A', model: path === 'streamAgent' ? tapped(model) : model })
    const { events, end } = await chatWith({ agent, path }).say('Hi')
    expect(end).toEqual({ outcome: 'completed' })
    expect(textOf(events)).toBe('All at once')
    expect(outline(events).at(-1)).toBe('assistant_message done')
  })

  test('what a model tells of itself before it speaks is progress', async () => {
    const usage = { requests: 1, inputTokens: 1, outputTokens: 1, totalTokens: 2 }
    const done = { id: 'r', usage, output: [assistantMessage('Hi', { id: 'msg_1' })] }
    const model = new ScriptedModel([
      modelStream([
        modelProgress({ text: 'Second in the queue', icon: 'clock' }),
        { type: 'output_text_delta', delta: 'Hi', itemId: 'msg_1' },
        { type: 'response_done', response: done },
      ]),
    ])
    const agent = new Agent<AgentContext>({ name: 'A', model: path === 'streamAgent' ? tapped(model) : model })
    const { events } = await chatWith({ agent, path }).say('Hi')
    expect(events).toContainEqual({ type: 'progress_update', text: 'Second in the queue', icon: 'clock' })
  })

  test('a stop reaches the model’s request at once, and what was said stays', async () => {
    const service = await startService(streams([...beginning(), delta('So far')], () => {}))
    const chat = chatWith({ agent: new Agent({ name: 'A', model: 'm' }), provider: service.provider, path })
    const begun = await chat.begin('Hi')
    await until(async () => (await textSoFar(begun)) === 'So far')
    expect(await begun.stop()).toEqual({ outcome: 'stopped' })
    await until(() => service.abandoned === 1)
    expect((await chat.items())[1]).toMatchObject({ type: 'assistant_message', content: [{ text: 'So far' }] })
  })

  test('a stop reaches a tool’s signal at once', async () => {
    const { provider } = await startService(streams(functionCall('work')))
    let aborted = false
    let started = false
    const work = tool({
      name: 'work',
      description: 'Works',
      parameters: NO_PARAMETERS,
      execute: (_input: unknown, run?: RunContext<AgentContext>) =>
        new Promise<string>((resolve) => {
          started = true
          run?.context.signal.addEventListener('abort', () => {
            aborted = true
            resolve('')
          })
        }),
    })
    const chat = chatWith({ agent: new Agent<AgentContext>({ name: 'A', model: 'm', tools: [work] }), provider, path })
    const begun = await chat.begin('Hi')
    await until(() => started)
    await begun.stop()
    expect(aborted).toBe(true)
  })

  test('an agent that is used as a tool does not speak in the answer', async () => {
    const { provider } = await startService([
      streams(functionCall('ask_expert', { input: 'why?' })),
      streams(answer('Expert words', 'msg_expert')),
      streams(answer('In short', 'msg_answer')),
    ])
    const expert = new Agent<AgentContext>({ name: 'Expert', model: 'm' })
    const asked = expert.asTool({
      toolName: 'ask_expert',
      toolDescription: 'Asks',
      // A listener makes the Agents SDK stream the inner run.
      onStream: () => {},
    })
    const agent = new Agent<AgentContext>({ name: 'A', model: 'm', tools: [asked] })
    const { events, end } = await chatWith({ agent, provider, path }).say('Hi')
    expect(end).toEqual({ outcome: 'completed' })
    expect(textOf(events)).toBe('In short')
  })

  test('what a tool sends stands where it happened, between the words before and after', async () => {
    const before = answer('Let me see.', 'msg_1').slice(0, -1)
    const [, added, done] = functionCall('work')
    const calls = { ...(done as object), output_index: 1 }
    const { provider } = await startService([
      streams([...before, { ...(added as object), output_index: 1 }, calls, completedWith(before, calls)]),
      streams(answer('There.', 'msg_2')),
    ])
    const work = tool({
      name: 'work',
      description: 'Works',
      parameters: NO_PARAMETERS,
      execute: async (_input: unknown, run?: RunContext<AgentContext>) => {
        await run?.context.progress('Looking')
        await run?.context.addWorkflowTask({ type: 'custom', title: 'Looked' })
        return 'seen'
      },
    })
    const chat = chatWith({ agent: new Agent<AgentContext>({ name: 'A', model: 'm', tools: [work] }), provider, path })
    const { events } = await chat.say('Hi')
    expect(
      outline(events)
        .slice(3)
        .filter((word) => !word.startsWith('content_part')),
    ).toEqual([
      'assistant_message added',
      'assistant_message done',
      'progress_update',
      'workflow added',
      'workflow done',
      'assistant_message added',
      'assistant_message done',
    ])
  })
})

test('an empty answer ends the run: the model is not asked again', async () => {
  const [created, , ,] = beginning()
  const service = await startService(
    streams([created as object, { type: 'response.completed', response: emptyResponse() }]),
  )
  const chat = chatWith({ agent: new Agent({ name: 'A', model: 'm' }), provider: service.provider })
  expect((await chat.say('Hi')).end).toEqual({ outcome: 'completed' })
  expect(service.requests).toBe(1)
})

test('a reader who pauses pauses the model', async () => {
  const flood = floodOf(20_000)
  const agent = new Agent<AgentContext>({ name: 'A', model: tapped(flood.model) })
  const { turn } = await testTurn()
  const events = streamAgent(new AgentContext(turn), agent, 'Hi', { runner: new Runner({ tracingDisabled: true }) })
  const iterator = events[Symbol.asyncIterator]()
  for (let count = 0; count < 100; count += 1) await iterator.next()
  for (let count = 0; count < 50; count += 1) await nextTurn()
  expect(flood.made()).toBeLessThan(500)
  let rest = 0
  for (let next = await iterator.next(); !next.done; next = await iterator.next()) rest += 1
  expect(100 + rest).toBe(20_000 + 4)
})

test('who stops reading ends the run', async () => {
  const flood = floodOf(1_000_000)
  const agent = new Agent<AgentContext>({ name: 'A', model: tapped(flood.model) })
  const { turn } = await testTurn()
  const runner = new Runner({ tracingDisabled: true })
  for await (const _ of streamAgent(new AgentContext(turn), agent, 'Hi', { runner })) break
  await until(() => flood.isOver())
})

test('the run’s last response id is there once it is over', async () => {
  const { provider } = await startService(streams(answer('Hi')))
  const { turn } = await testTurn()
  const runner = new Runner({ modelProvider: tapped(provider), tracingDisabled: true })
  const events = streamAgent(new AgentContext(turn), new Agent<AgentContext>({ name: 'A', model: 'm' }), 'Hi', {
    runner,
  })
  expect(events.run).toBeUndefined()
  for await (const _ of events);
  expect(events.run?.lastResponseId).toBe('resp_1')
})

test('outside of a run a tapped model is the model', async () => {
  const model = new ScriptedModel([modelResponse([assistantMessage('Hi')]), modelResponse([assistantMessage('Ho')])])
  const agent = new Agent({ name: 'A', model: tapped(model) })
  const runner = new Runner({ tracingDisabled: true })
  expect((await runner.run(agent, 'Hi')).finalOutput).toBe('Hi')
  const streamed = await runner.run(agent, 'Hi', { stream: true })
  const types: string[] = []
  for await (const event of streamed) if (event.type === 'raw_model_stream_event') types.push(event.data.type)
  expect(types).toContain('response_done')
  expect(streamed.finalOutput).toBe('Ho')
})

test('a workflow that was left open is kept in the store and goes on in the next run', async () => {
  const store = new MemoryStore()
  const work = tool({
    name: 'work',
    description: 'Works',
    parameters: NO_PARAMETERS,
    execute: async (_input: unknown, run?: RunContext<AgentContext>) => {
      await run?.context.addWorkflowTask({ type: 'custom', title: 'Search' })
      run?.context.clientToolCall('ask_browser')
      return ''
    },
  })
  const script = new ScriptedModel([modelResponse([call('work', {}, { callId: 'c1', id: 'fc_1' })])])
  const agent = new Agent<AgentContext>({
    name: 'A',
    model: tapped(script),
    tools: [work],
    toolUseBehavior: { stopAtToolNames: ['work'] },
  })
  const chat = chatWith({ agent, store })
  await chat.say('Hi')
  expect((await chat.items()).map(({ type }) => type)).toEqual(['user_message', 'workflow', 'client_tool_call'])
})

function completedWith(events: object[], calls: object): object {
  const items = [...events, calls].flatMap((event) =>
    'type' in event && event.type === 'response.output_item.done' && 'item' in event ? [event.item] : [],
  )
  const [completed] = answer('').slice(-1)
  const { response } = completed as { response: object }
  return { type: 'response.completed', response: { ...response, output: items } }
}

function emptyResponse(): object {
  const { response } = answer('').at(-1) as { response: object }
  return { ...response, output: [] }
}

async function textSoFar(begun: {
  read(signal: AbortSignal): Promise<{ events: ThreadStreamEvent[] }>
}): Promise<string> {
  const { events } = await begun.read(AbortSignal.timeout(20))
  return textOf(events)
}

/** A model in this process that says `count` tokens as fast as it is asked. */
function floodOf(count: number): { model: Model; made(): number; isOver(): boolean } {
  let made = 0
  let isOver = false
  async function* stream(): AsyncGenerator<StreamEvent> {
    try {
      for (; made < count; made += 1) yield { type: 'output_text_delta', delta: 'x' }
      const usage = { requests: 1, inputTokens: 1, outputTokens: count, totalTokens: count + 1 }
      yield { type: 'response_done', response: { id: 'r', usage, output: [assistantMessage('x'.repeat(count))] } }
    } finally {
      isOver = true
    }
  }
  const model: Model = {
    getResponse: () => Promise.reject(new Error('This model streams.')),
    getStreamedResponse: () => stream(),
  }
  return { model, made: () => made, isOver: () => isOver }
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 5_000
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error('It did not happen within 5 s.')
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
