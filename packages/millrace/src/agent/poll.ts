/** The demo's widget: a card with a question and a button for each answer. The card itself holds the votes. */
import type { Card, DynamicWidgetComponent, WidgetComponent, WidgetRoot } from '@millrace/protocol'

export interface Poll {
  question: string
  options: { text: string; votes: number }[]
}

/** Type of the action that the buttons send; its payload is `{ option: <index> }`. */
export const VOTE = 'demo.vote'

export function pollCard({ question, options }: Poll): Card {
  return {
    type: 'Card',
    size: 'sm',
    children: [
      { type: 'Title', id: 'question', value: question, size: 'sm' },
      ...options.map(
        ({ text, votes }, option): WidgetComponent => ({
          type: 'Row',
          id: `option-${option}`,
          align: 'center',
          justify: 'between',
          children: [
            { type: 'Button', label: text, onClickAction: { type: VOTE, payload: { option } }, variant: 'outline' },
            { type: 'Badge', label: String(votes), color: votes > 0 ? 'success' : 'secondary' },
          ],
        }),
      ),
      { type: 'Caption', id: 'total', value: `${total(options)} so far` },
    ],
  }
}

/** The poll that a card shows; undefined if it is another card. */
export function pollOf(widget: WidgetRoot): Poll | undefined {
  if (widget.type !== 'Card' || !Array.isArray(widget.children)) return undefined
  const [title, ...rows] = widget.children
  const question = textProp(title, 'value')
  if (question === undefined) return undefined
  const options: Poll['options'] = []
  for (const row of rows) {
    if (row.type !== 'Row' || !('children' in row) || !Array.isArray(row.children)) continue
    const text = textProp(row.children[0], 'label')
    const votes = Number(textProp(row.children[1], 'label'))
    if (text !== undefined && Number.isInteger(votes)) options.push({ text, votes })
  }
  return options.length === 0 ? undefined : { question, options }
}

function textProp(component: WidgetComponent | DynamicWidgetComponent | undefined, name: string): string | undefined {
  const value: unknown = component && Object.getOwnPropertyDescriptor(component, name)?.value
  return typeof value === 'string' ? value : undefined
}

function total(options: Poll['options']): string {
  const votes = options.reduce((sum, option) => sum + option.votes, 0)
  return votes === 1 ? '1 vote' : `${votes} votes`
}
