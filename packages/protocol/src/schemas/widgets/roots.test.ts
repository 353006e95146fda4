import { expect, test } from 'vitest'
import { WidgetRootSchema } from './roots.ts'

test.each([
  [
    { text: 'Done', icon: 'check' },
    { text: 'Done', icon: 'check' },
  ],
  [{ text: 'Done' }, { text: 'Done' }],
  [
    { text: 'Done', favicon: 'https://a.example/f.png' },
    { text: 'Done', favicon: 'https://a.example/f.png' },
  ],
  // As in the reference: of both, the favicon stays.
  [
    { text: 'Done', icon: 'check', favicon: 'https://a.example/f.png' },
    { text: 'Done', favicon: 'https://a.example/f.png' },
  ],
])('the status of a root keeps what it shows: %j', (status, kept) => {
  expect(WidgetRootSchema.parse({ type: 'Card', children: [], status })).toHaveProperty('status', kept)
})
