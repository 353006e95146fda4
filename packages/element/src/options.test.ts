import { describe, expect, test } from 'vitest'
import { readOptions } from './options.ts'

const api = { url: '/chatkit', domainKey: 'local' }

describe('readOptions', () => {
  test('fills in the published defaults', () => {
    const { options, problems } = readOptions({ api })
    expect(problems).toEqual([])
    expect(options.theme).toMatchObject({ colorScheme: 'light', radius: 'pill', density: 'normal', baseSize: 16 })
    expect(options.history).toEqual({ enabled: true, showDelete: true, showRename: true })
    expect(options.composer.attachments).toMatchObject({ enabled: false, maxCount: 10 })
    expect(options.threadItemActions).toEqual({ feedback: false, retry: false })
    expect(options.thread.autoScroll).toBe(false)
  })

  test('takes a key that holds undefined as not given', () => {
    const { options, problems } = readOptions({
      api,
      initialThread: undefined,
      theme: undefined,
      header: { title: undefined },
    })
    expect(problems).toEqual([])
    expect(options.initialThread).toBeNull()
    expect(options.header.title.enabled).toBe(true)
  })

  test('names what is missing by its path and goes on', () => {
    const { options, problems } = readOptions({ theme: 'dark' })
    expect(problems.map((problem) => problem.path)).toEqual(['api'])
    expect(options.theme.colorScheme).toBe('dark')
  })

  test('names unknown and ill-typed keys, and uses the rest', () => {
    const { options, problems } = readOptions({
      api: { ...api, clientToken: 'x' },
      composer: { placeholder: 7, tools: [{ id: 'a' }, { id: 'b', label: 'B', icon: 'globe' }] },
      threads: {},
    })
    expect(problems.map((problem) => problem.path).sort()).toEqual([
      'api.clientToken',
      'composer.placeholder',
      'composer.tools[0].label',
      'threads',
    ])
    expect(options.composer.tools.map((tool) => tool.id)).toEqual(['b'])
  })

  test('attachments without an upload strategy are off and reported', () => {
    const { options, problems } = readOptions({ api, composer: { attachments: { enabled: true } } })
    expect(options.composer.attachments.enabled).toBe(false)
    expect(problems[0]?.path).toBe('api.uploadStrategy')
  })

  test('a prompt is sent as text or as given parts; one without a prompt is left out', () => {
    const tag = { type: 'input_tag', id: 's1', text: 'Central' }
    const { options, problems } = readOptions({
      api,
      startScreen: { prompts: [{ label: 'A', prompt: 'ask' }, { label: 'B', prompt: [tag] }, { label: 'C' }] },
    })
    expect(options.startScreen.prompts.map((prompt) => prompt.content)).toEqual([
      [{ type: 'input_text', text: 'ask' }],
      [tag],
    ])
    expect(problems[0]?.path).toBe('startScreen.prompts[2].prompt')
  })

  test('an accent given as a plain colour counts as its primary colour', () => {
    const { options } = readOptions({ api, theme: { color: { accent: '#123456' } } })
    expect(options.theme.accent).toEqual({ primary: '#123456', level: 1 })
  })
})
