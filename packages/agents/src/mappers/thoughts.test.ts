import { newId, type ThreadStreamEvent } from '@millrace/protocol'
import { expect, test } from 'vitest'
import { OpenWorkflow } from '../open-workflow.ts'
import { Thoughts } from './thoughts.ts'

function thinking() {
  const sent: ThreadStreamEvent[] = []
  const workflow = new OpenWorkflow({
    threadId: 'thr_1',
    generateId: newId,
    now: () => new Date(),
    emit: (event) => sent.push(event),
  })
  const thoughts = new Thoughts(workflow)
  const place = { item_id: 'rs_1', output_index: 0, sequence_number: 0 }
  return {
    sent,
    begin: () => thoughts.begin(),
    text: (delta: string, summary_index = 0) =>
      thoughts.text({ type: 'response.reasoning_summary_text.delta', ...place, summary_index, delta }),
    done: (text: string, summary_index = 0) =>
      thoughts.done({ type: 'response.reasoning_summary_text.done', ...place, summary_index, text }),
  }
}

test('a long thought costs bytes in proportion to its length, and its last state is sent', () => {
  const { sent, begin, text, done } = thinking()
  const word = 'think'
  begin()
  for (let count = 0; count < 1_600; count += 1) text(word)
  done(word.repeat(1_600))
  expect(JSON.stringify(sent).length).toBeLessThan(400_000)
  expect(sent.at(-1)).toMatchObject({
    update: { type: 'workflow.task.updated', task: { content: word.repeat(1_600) } },
  })
})

test('the first thought grows, the next one comes whole', () => {
  const { sent, begin, text, done } = thinking()
  begin()
  text('One')
  done('One')
  text('Tw', 1)
  text('o', 1)
  done('Two', 1)
  const updates = sent.map((event) => (event.type === 'thread.item.updated' ? event.update : event.type))
  expect(updates).toMatchObject([
    'thread.item.added',
    { type: 'workflow.task.added', task_index: 0 },
    { type: 'workflow.task.updated', task_index: 0 },
    { type: 'workflow.task.added', task_index: 1, task: { content: 'Two' } },
  ])
})
