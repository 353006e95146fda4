import type { StructuredInput as Question, StructuredInputItem, StructuredInputSubmission } from '@millrace/protocol'
import { useEffect, useRef } from 'preact/hooks'
import { useChat } from '../chat-context.ts'

const other = ''

/** The questions that wait for an answer, in the composer's place (N49, P37). */
export function StructuredInput({ item }: { item: StructuredInputItem }) {
  const chat = useChat()
  const texts = chat.messages.value
  const form = useRef<HTMLFormElement>(null)
  const isBusy = chat.isResponding.value
  useEffect(() => {
    form.current?.querySelector<HTMLElement>('input, textarea')?.focus()
  }, [])
  const submit = (submission: StructuredInputSubmission) =>
    void chat.quietly(chat.conversation.submitStructuredInput(item.id, submission))
  return (
    <form
      class="composer questions"
      part="composer"
      ref={form}
      onSubmit={(event) => {
        event.preventDefault()
        if (form.current) submit({ status: 'answered', answers: answersOf(form.current, item.inputs) })
      }}
    >
      {item.inputs.map((question) => (
        <QuestionView key={question.id} question={question} />
      ))}
      <div class="questions-bar">
        <button
          type="button"
          class="text-button"
          disabled={isBusy}
          onClick={() => submit({ status: 'skipped', answers: skipAll(item.inputs) })}
        >
          {texts.skip}
        </button>
        <button type="submit" class="text-button primary" disabled={isBusy}>
          {texts.submit}
        </button>
      </div>
    </form>
  )
}

function QuestionView({ question }: { question: Question }) {
  const texts = useChat().messages.value
  if (question.type === 'freeform') {
    return (
      <label class="question">
        <span class="question-text" dir="auto">
          {question.question}
        </span>
        {question.description && (
          <span class="question-detail" dir="auto">
            {question.description}
          </span>
        )}
        <textarea class="text-input" name={question.id} rows={2} dir="auto" />
      </label>
    )
  }
  const kind = question.multiple ? 'checkbox' : 'radio'
  return (
    <fieldset class="question">
      <legend class="question-text" dir="auto">
        {question.question}
      </legend>
      {question.options.map((option) => (
        <label key={option.value} class="choice">
          <input type={kind} name={question.id} value={option.value} />
          <span dir="auto">{option.value}</span>
        </label>
      ))}
      <label class="choice">
        <input type={kind} name={question.id} value={other} aria-label={texts.otherAnswer} />
        <input
          class="text-input"
          type="text"
          name={`${question.id} other`}
          placeholder={texts.otherAnswer}
          aria-label={texts.yourAnswer}
          dir="auto"
          onInput={(event) => {
            // Who writes an answer of their own has chosen it.
            const box = event.currentTarget.closest('label')?.querySelector<HTMLInputElement>(`input[type=${kind}]`)
            if (box) box.checked = event.currentTarget.value.trim() !== ''
          }}
        />
      </label>
    </fieldset>
  )
}

/** A question without an answer counts as skipped. */
function answersOf(
  form: HTMLFormElement,
  questions: readonly Question[],
): NonNullable<StructuredInputSubmission['answers']> {
  const data = new FormData(form)
  return Object.fromEntries(
    questions.map((question) => {
      const own = String(data.get(`${question.id} other`) ?? '').trim()
      const values = data
        .getAll(question.id)
        .map((value) => (question.type === 'multiple_choice' && value === other ? own : String(value).trim()))
        .filter((value) => value !== '')
      return [question.id, { values, skipped: values.length === 0 }]
    }),
  )
}

function skipAll(questions: readonly Question[]): NonNullable<StructuredInputSubmission['answers']> {
  return Object.fromEntries(questions.map((question) => [question.id, { values: [], skipped: true }]))
}
