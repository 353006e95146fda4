import { Agent, Runner, type Tool, tool } from '@openai/agents'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { demoModel } from './demo-model.ts'
import { tokens } from './pace.ts'
import { DEMO_PROMPTS, DEMO_TOOLS, INTRODUCTION } from './scenes.ts'

const runner = new Runner({ tracingDisabled: true })

function demoAgent(tools: Tool[] = [], tokenDelayMs = 0) {
  return new Agent({ name: 'Demo', instructions: 'Show it.', model: demoModel({ tokenDelayMs }), tools })
}

interface Heard {
  text: string
  deltas: string[]
  rawTypes: string[]
  thoughts: string[]
}

/** Runs the real agent loop and collects what its stream said. */
async function ask(agent: Agent, said: string, signal?: AbortSignal): Promise<Heard> {
  const heard: Heard = { text: '', deltas: [], rawTypes: [], thoughts: [] }
  const stream = await runner.run(agent, said, { stream: true, ...(signal && { signal }) })
  for await (const event of stream) {
    if (event.type !== 'raw_model_stream_event') continue
    if (event.data.type === 'output_text_delta') heard.deltas.push(event.data.delta)
    if (event.data.type !== 'model') continue
    heard.rawTypes.push(event.data.event.type)
    if (event.data.event.type === 'response.reasoning_summary_text.done') heard.thoughts.push(event.data.event.text)
  }
  await stream.completed
  heard.text = heard.deltas.join('')
  return heard
}

describe('the demo model', () => {
  test('says that it is a demo, repeats what was asked and lists what to try', async () => {
    const { text } = await ask(demoAgent(), 'What is the capital of France?')
    expect(text).toContain(INTRODUCTION)
    expect(text).toContain('> What is the capital of France?')
    for (const { ask: prompt } of DEMO_PROMPTS) expect(text).toContain(prompt)
  })

  test('streams the events of the Responses API, token by token', async () => {
    const { rawTypes, deltas } = await ask(demoAgent(), 'Count to 12')
    expect(deltas.join('')).toBe('1 2 3 4 5 6 7 8 9 10 11 12')
    expect(deltas.length).toBe(12)
    expect(rawTypes.filter((type) => type !== 'response.output_text.delta')).toEqual([
      'response.created',
      'response.output_item.added',
      'response.content_part.added',
      'response.output_text.done',
      'response.content_part.done',
      'response.output_item.done',
      'response.completed',
    ])
  })

  test('writes a long answer with every construct of markdown', async () => {
    const { text, deltas } = await ask(demoAgent(), 'Write a long answer in markdown')
    expect(deltas.length).toBeGreaterThan(400)
    for (const mark of ['# ', '1. ', '> ', '| ', '```ts', '$$', '- [x] ', '  - ', '~~', '](https://'])
      expect(text).toContain(mark)
  })

  test('calls a tool and says what the tool answered', async () => {
    const given: unknown[] = []
    const rollDice = tool({
      name: DEMO_TOOLS.rollDice,
      description: 'Rolls dice',
      parameters: z.object({ count: z.number(), sides: z.number() }),
      execute: (args) => {
        given.push(args)
        return '3 and 5'
      },
    })
    const { text, rawTypes } = await ask(demoAgent([rollDice]), 'Roll two dice with a tool')
    expect(given).toEqual([{ count: 2, sides: 6 }])
    expect(text).toContain('**3 and 5**')
    expect(rawTypes).toContain('response.function_call_arguments.done')
  })

  test('thinks before it calls the tool of the workflow', async () => {
    const planTrip = tool({
      name: DEMO_TOOLS.planTrip,
      description: 'Plans',
      parameters: z.object({ city: z.string(), days: z.number() }),
      execute: () => 'Day 1: arrive',
    })
    const { text, thoughts } = await ask(demoAgent([planTrip]), 'Plan a trip with a workflow')
    expect(thoughts).toHaveLength(2)
    expect(text).toContain('Day 1: arrive')
  })

  test('says so when the agent lacks the tool that a scene needs', async () => {
    const { text } = await ask(demoAgent(), 'Show me a widget')
    expect(text).toContain(DEMO_TOOLS.showPoll)
  })

  test.each(DEMO_PROMPTS.map(({ ask: prompt }) => [prompt]))('answers "%s" with a scene of its own', async (prompt) => {
    const heard = await ask(demoAgent(), prompt).catch((error: unknown) => ({ text: '', failed: error }))
    expect(heard.text).not.toContain(INTRODUCTION)
  })

  test('fails in mid-answer when asked to, with a message for the user', async () => {
    await expect(ask(demoAgent(), 'Fail with an error')).rejects.toMatchObject({ code: 'model_error', retryable: true })
  })

  test('stops at once when the run is aborted', async () => {
    const stop = new AbortController()
    const agent = demoAgent([], 60_000)
    const running = ask(agent, 'Hello', stop.signal)
    const aborted = Date.now()
    stop.abort()
    await running.catch(() => undefined)
    expect(Date.now() - aborted).toBeLessThan(1000)
  })

  test('names a thread for an agent that asks for a title', async () => {
    const titles = new Agent({ name: 'Titles', instructions: 'Write a short title.', model: demoModel() })
    const result = await runner.run(titles, 'how do tokens travel through a run log, and why?')
    expect(result.finalOutput).toBe('How do tokens travel through a')
  })

  test('answers the last thing the user said, not what the converter added to it', async () => {
    const result = await runner.run(demoAgent(), [
      { role: 'user', content: 'Count to 3' },
      { role: 'assistant', status: 'completed', content: [{ type: 'output_text', text: '1 2 3' }] },
      { role: 'user', content: 'Count to 5' },
      {
        role: 'user',
        content: [{ type: 'input_text', text: 'The following graphical UI widget (id: w) was displayed' }],
      },
    ])
    expect(result.finalOutput).toBe('1 2 3 4 5')
  })
})

test('tokens, joined, are the text again', () => {
  for (const text of ['', 'Grüße, 世界! 👍🏽\n\n  indented\t| x |', '`code` $a_b$ — “quoted”…']) {
    expect(tokens(text).join('')).toBe(text)
  }
})
