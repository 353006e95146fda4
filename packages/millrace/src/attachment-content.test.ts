import type { Attachment } from '@millrace/protocol'
import { ChatKitError } from '@millrace/protocol'
import { expect, test } from 'vitest'
import { attachmentContent } from './attachment-content.ts'

const file = (name: string, mime_type: string): Attachment => ({ type: 'file', id: 'atc_1', name, mime_type })

function storing(content: string | undefined) {
  const body = () => new Response(content).body ?? new ReadableStream<Uint8Array>()
  return {
    read: async () => (content === undefined ? undefined : { size: content.length, mimeType: '', body: body() }),
  }
}

test('a text is told as text, to every model', async () => {
  for (const kind of ['openai', 'gguf', 'demo'] as const) {
    const content = await attachmentContent(storing('a,b\n1,2'), kind)(file('table.csv', 'text/csv'))
    expect(content).toEqual({ type: 'input_text', text: 'The user attached the file table.csv:\n\na,b\n1,2' })
  }
})

test('of a long text the beginning is told, and that there was more', async () => {
  const content = await attachmentContent(storing('x'.repeat(200_000)), 'openai')(file('long.txt', 'text/plain'))
  expect(content.type === 'input_text' && content.text.length).toBeLessThan(101_000)
  expect(content).toMatchObject({ text: expect.stringContaining('its first 100000 characters') })
})

test('an image and a PDF go to a model that takes them', async () => {
  const convert = attachmentContent(storing('abc'), 'responses')
  expect(await convert(file('a.png', 'image/png'))).toEqual({
    type: 'input_image',
    image: 'data:image/png;base64,YWJj',
    detail: 'auto',
  })
  expect(await convert(file('a.pdf', 'application/pdf'))).toEqual({
    type: 'input_file',
    file: 'data:application/pdf;base64,YWJj',
    filename: 'a.pdf',
  })
})

test.each([
  ['gguf', 'image/png'],
  ['openai', 'application/zip'],
] as const)('a model (%s) that does not take %s is told that there is something it can not see', async (kind, type) => {
  const content = await attachmentContent(storing('abc'), kind)(file('a', type))
  expect(content).toMatchObject({ type: 'input_text', text: expect.stringContaining("can't see what is in it") })
})

test('a file that was never uploaded, or is gone, is named as such', async () => {
  const gone = { read: () => Promise.reject(new ChatKitError('not_found', 'gone')) }
  for (const files of [storing(undefined), gone]) {
    const content = await attachmentContent(files, 'openai')(file('a.txt', 'text/plain'))
    expect(content).toMatchObject({ text: expect.stringContaining('never uploaded') })
  }
})
