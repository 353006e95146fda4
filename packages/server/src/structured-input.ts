/** A person's answers, put into the questions that asked for them. */
import type { StructuredInputItem, StructuredInputSubmission } from '@millrace/protocol'

type Question = StructuredInputItem['inputs'][number]

/**
 * As the Python server does it: unknown question ids are ignored, unanswered questions count as skipped, a single
 * choice keeps its first value, values outside the options are fine, no value is a skip, and status `skipped` skips all.
 */
export function answerStructuredInput(
  item: StructuredInputItem,
  submission: StructuredInputSubmission,
): StructuredInputItem {
  const status = submission.status ?? 'answered'
  return {
    ...item,
    status,
    inputs: item.inputs.map((question) => ({
      ...question,
      answer: answerTo(question, submission, status === 'skipped'),
    })),
  }
}

function answerTo(question: Question, submission: StructuredInputSubmission, skipsAll: boolean) {
  // Ids are the app's own, `constructor` among them.
  const { answers = {} } = submission
  const given = Object.hasOwn(answers, question.id) ? answers[question.id] : undefined
  const values = given?.values ?? []
  if (skipsAll || given?.skipped || values.length === 0) return { values: [], skipped: true }
  const isSingle = question.type === 'multiple_choice' && !question.multiple
  return { values: isSingle ? values.slice(0, 1) : values, skipped: false }
}
