import type { StructuredInputItem } from '@millrace/protocol'
import { expect, test } from 'vitest'
import { answerStructuredInput } from './structured-input.ts'

function asking(id: string): StructuredInputItem {
  const question = {
    type: 'multiple_choice' as const,
    id,
    question: 'Which?',
    options: [{ value: 'a' }],
    multiple: false,
  }
  return {
    type: 'structured_input',
    id: 'i',
    thread_id: 't',
    created_at: '2026-01-01T12:00:00Z',
    status: 'pending',
    inputs: [question],
  }
}

test.each(['q', 'constructor', '__proto__'])('a question named %s is answered by its own answer only', (id) => {
  const answers = Object.fromEntries([[id, { values: ['a', 'b'], skipped: false }]])
  const answered = answerStructuredInput(asking(id), { status: 'answered', answers })
  expect(answered.inputs[0]?.answer).toEqual({ values: ['a'], skipped: false })
  const unanswered = answerStructuredInput(asking(id), { status: 'answered', answers: {} })
  expect(unanswered.inputs[0]?.answer).toEqual({ values: [], skipped: true })
})
