import { describe, expect, test } from 'vitest'
import { encodeEvent, toWireAttachment, toWireError, toWireItem, toWireThread } from './encode.ts'
import { ChatKitError } from './errors.ts'
import type { Attachment, ThreadItem, ThreadMetadata, ThreadStreamEvent, WidgetRoot } from './index.ts'

/** JSON as an app may have built it: with nulls where our types have none. */
const json = <T>(text: string): T => JSON.parse(text) as T
const head = '"id":"i","thread_id":"thr","created_at":"2026-01-01T12:00:00Z"'

describe('an event on the wire', () => {
  test('is compact JSON that is not escaped to ASCII', () => {
    const event: ThreadStreamEvent = {
      type: 'thread.item.updated',
      item_id: 'm',
      update: { type: 'assistant_message.content_part.text_delta', content_index: 0, delta: 'é\n🙂' },
    }
    expect(encodeEvent(event)).toBe(
      '{"type":"thread.item.updated","item_id":"m","update":{"type":"assistant_message.content_part.text_delta","content_index":0,"delta":"é\\n🙂"}}',
    )
  })

  test.each([
    [
      'progress without an icon',
      '{"type":"progress_update","text":"x","icon":null}',
      '{"type":"progress_update","text":"x"}',
    ],
    [
      'a client effect, whose data is its own',
      '{"type":"client_effect","name":"x","data":{"a":null}}',
      '{"type":"client_effect","name":"x","data":{"a":null}}',
    ],
    [
      'a task without a title',
      '{"type":"thread.item.updated","item_id":"w","update":{"type":"workflow.task.added","task_index":0,"task":{"type":"custom","title":null}}}',
      '{"type":"thread.item.updated","item_id":"w","update":{"type":"workflow.task.added","task_index":0,"task":{"type":"custom"}}}',
    ],
    [
      'a call with arguments and no output',
      `{"type":"thread.item.done","item":{"type":"client_tool_call",${head},"arguments":{"a":null},"output":null}}`,
      `{"type":"thread.item.done","item":{"type":"client_tool_call",${head},"arguments":{"a":null}}}`,
    ],
    [
      'a widget, in which nothing is null',
      '{"type":"thread.item.updated","item_id":"w","update":{"type":"widget.root.updated","widget":{"type":"Card","size":null,"children":[]}}}',
      '{"type":"thread.item.updated","item_id":"w","update":{"type":"widget.root.updated","widget":{"type":"Card","children":[]}}}',
    ],
    [
      'the end of a run',
      '{"type":"run.ended","run_id":"run_1","outcome":"completed"}',
      '{"type":"run.ended","run_id":"run_1","outcome":"completed"}',
    ],
    ['an event of a type to come', '{"type":"thread.sung","song":{"a":null}}', '{"type":"thread.sung","song":{}}'],
  ])('drops nulls outside the app’s own data: %s', (_what, event, wire) => {
    expect(encodeEvent(json(event))).toBe(wire)
  })

  test('is not changed by being encoded', () => {
    const event = json<ThreadStreamEvent>('{"type":"progress_update","text":"x","icon":null}')
    encodeEvent(event)
    expect(event).toHaveProperty('icon', null)
  })
})

describe('a thread for clients', () => {
  const thread = json<ThreadMetadata>(
    '{"id":"thr","created_at":"","title":null,"status":{"type":"locked","reason":null},"metadata":{"secret":1}}',
  )

  test('has an empty page of items and keeps its metadata to itself', () => {
    expect(toWireThread(thread)).toEqual({
      id: 'thr',
      created_at: '',
      status: { type: 'locked' },
      metadata: {},
      items: { data: [], has_more: false },
    })
  })

  test('has the page of items it is given, each as clients get it', () => {
    const item = json<ThreadItem>(`{"type":"generated_image",${head},"image":null}`)
    expect(toWireThread(thread, { data: [item], has_more: true, after: 'i' }).items).toEqual({
      data: [json(`{"type":"generated_image",${head}}`)],
      has_more: true,
      after: 'i',
    })
  })
})

describe('an item for clients', () => {
  const attachment: Attachment = {
    type: 'image',
    id: 'atc',
    name: 'a.png',
    mime_type: 'image/png',
    preview_url: 'https://Example.com',
    upload_descriptor: { url: 'https://up.example.com?a=b c', method: 'PUT', headers: {} },
    metadata: { path: '/var/a.png' },
  }

  test('has attachments without metadata, their URLs normalised', () => {
    const { metadata, ...visible } = attachment
    expect(metadata).toBeDefined()
    expect(toWireAttachment(attachment)).toEqual({
      ...visible,
      preview_url: 'https://example.com/',
      upload_descriptor: { url: 'https://up.example.com/?a=b%20c', method: 'PUT', headers: {} },
    })
    const message: ThreadItem = {
      type: 'user_message',
      id: 'm',
      thread_id: 'thr',
      created_at: '',
      content: [],
      attachments: [attachment],
      inference_options: {},
    }
    expect(JSON.stringify(toWireItem(message))).not.toContain('/var/a.png')
  })

  test('has a widget with the defaults of its actions', () => {
    const widget: WidgetRoot = { type: 'Card', children: [{ type: 'Button', onClickAction: { type: 'go' } }] }
    expect(toWireItem({ type: 'widget', id: 'w', thread_id: 'thr', created_at: '', widget })).toHaveProperty(
      'widget.children.0.onClickAction',
      { type: 'go', handler: 'server', loadingBehavior: 'auto', streaming: true },
    )
  })

  test('is the same object where nothing had to change', () => {
    const item = json<ThreadItem>(
      `{"type":"assistant_message",${head},"content":[{"type":"output_text","text":"x","annotations":[]}]}`,
    )
    expect(toWireItem(item)).toBe(item)
  })
})

test('an error body names the code, the field and what the client may need', () => {
  const error = new ChatKitError('run_in_progress', 'Wait for the answer.', { details: { run_id: 'run_1' } })
  expect(toWireError(error)).toEqual({
    type: 'error',
    error: 'Wait for the answer.',
    code: 'run_in_progress',
    param: null,
    run_id: 'run_1',
  })
})
