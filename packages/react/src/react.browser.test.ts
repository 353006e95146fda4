import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Lab, type OpenedScene, startLab } from './testing/browser.ts'
import { ANSWER, DEBOUNCE_MS } from './testing/parts.tsx'

const click = ({ page }: OpenedScene, name: string) => page.getByRole('button', { name, exact: true }).click()
const text = ({ page }: OpenedScene) => page.locator('#text').textContent()
const status = ({ page }: OpenedScene) => page.locator('output').textContent()
const renders = ({ page }: OpenedScene, name: string) => page.evaluate((of) => window.seen.renders[of] ?? 0, name)

describe.each([18, 19] as const)('React %i, built for production', (version) => {
  let lab: Lab
  beforeAll(async () => {
    lab = await startLab(version, 'production')
  })
  afterAll(() => lab?.close())

  test('a component that reads no text renders at the beginning and the end of an answer only', async () => {
    const scene = await lab.open('Apart')
    await click(scene, 'Start')
    await expect.poll(() => text(scene)).toBe(ANSWER.trimEnd())
    await expect.poll(() => status(scene)).toBe('still')
    expect(await renders(scene, 'apart')).toBe(3)
    expect(await scene.page.locator('#figures').textContent()).toMatch(/Tokens200Time.*Tokens per second\d/)
    expect(scene.problems).toEqual([])
  })
})

describe.each([18, 19] as const)('React %i', (version) => {
  let lab: Lab
  beforeAll(async () => {
    lab = await startLab(version)
  })
  afterAll(() => lab?.close())

  const posts = ({ page }: OpenedScene) =>
    page.evaluate(() => window.seen.mock.calls.filter(({ method }) => method === 'POST').map(({ path }) => path))
  const told = ({ page }: OpenedScene) => page.evaluate(() => window.seen.told.join(''))
  const outcomes = ({ page }: OpenedScene) => page.evaluate(() => window.seen.outcomes)
  const hasOnlyGrown = ({ page }: OpenedScene) =>
    page.evaluate(() => window.seen.lengths.every((length, at, all) => length >= (all[at - 1] ?? 0)))

  test('is the version that the page runs on', async () => {
    const { page } = await lab.open('Reader')
    expect(await page.evaluate(() => window.version)).toMatch(new RegExp(`^${version}\\.`))
  })

  test('a hook of its own may copy what it was given', async () => {
    const scene = await lab.open('Copied')
    await click(scene, 'Start')
    await expect.poll(() => text(scene)).toBe(ANSWER)
    await expect.poll(() => status(scene)).toBe('completed')
  })

  test('a component that reads nothing never renders again', async () => {
    const scene = await lab.open('Deaf')
    await click(scene, 'Start')
    await expect.poll(() => scene.page.evaluate(() => window.seen.mock.runs)).toBe(1)
    await expect
      .poll(() => scene.page.evaluate(() => window.seen.signals.every((signal) => signal?.aborted)))
      .toBe(true)
    expect(await renders(scene, 'deaf')).toBe(1)
  })

  test('a component that reads the text renders less often than tokens come', async () => {
    const scene = await lab.open('Reader')
    await click(scene, 'Start')
    await expect.poll(() => text(scene)).toBe(ANSWER)
    expect(await renders(scene, 'reader')).toBeLessThan(150)
  })

  test('what was never rendered is up to date where a handler reads it', async () => {
    const scene = await lab.open('Copies')
    await click(scene, 'Start')
    await expect.poll(() => status(scene)).toBe('completed')
    await click(scene, 'Copy')
    await expect.poll(() => text(scene)).toBe(ANSWER)
  })

  test.each(['StartsInEffect', 'StartsInChild', 'StartsInLayout'] as const)(
    '%s: StrictMode starts one answer',
    async (name) => {
      const scene = await lab.open(name, { isStrict: true })
      await expect.poll(() => text(scene)).toBe(ANSWER)
      expect(await posts(scene)).toEqual(['/api/stream/message'])
      expect(scene.problems).toEqual([])
    },
  )

  test('a component that goes closes its connection and is told nothing more', async () => {
    const scene = await lab.open('Reader', { isStrict: true })
    await click(scene, 'Start')
    await expect.poll(() => text(scene)).toMatch(/^w0 /)
    const before = await renders(scene, 'reader')
    await scene.page.evaluate(() => window.unmount())
    await expect
      .poll(() => scene.page.evaluate(() => window.seen.signals.map((signal) => signal?.aborted)))
      .toEqual([true])
    expect((await renders(scene, 'reader')) - before).toBeLessThan(10)
    expect(await posts(scene)).toEqual(['/api/stream/message'])
    expect(scene.problems).toEqual([])
  })

  test('stop keeps what was said', async () => {
    const scene = await lab.open('Reader')
    await click(scene, 'Start')
    await expect.poll(() => text(scene)).toMatch(/^w0 /)
    await click(scene, 'Stop')
    await expect.poll(() => posts(scene)).toContainEqual(expect.stringMatching(/\/stop$/))
    expect(ANSWER.startsWith((await text(scene)) ?? '?')).toBe(true)
    expect(await status(scene)).toBe('')
  })

  test('an option that changes in the middle of an answer does not lose it', async () => {
    const scene = await lab.open('ChangesBuffer', { isStrict: true })
    await click(scene, 'Start')
    await expect.poll(() => text(scene)).toMatch(/^w0 /)
    await click(scene, 'Change')
    await expect.poll(() => text(scene)).toBe(ANSWER)
    await expect.poll(() => outcomes(scene)).toEqual(['completed'])
    expect(await posts(scene)).toEqual(['/api/stream/message'])
    expect(await told(scene)).toBe(`start${ANSWER}complete`)
    expect(await hasOnlyGrown(scene)).toBe(true)
  })

  test('a message that still waits is sent although an option changes, and verbs stay the same', async () => {
    const scene = await lab.open('Debounced')
    await scene.page.getByRole('textbox').pressSequentially('a')
    await click(scene, 'Change')
    await expect.poll(() => text(scene)).toBe(ANSWER)
  })

  test('who goes and stops the answer has it stopped', async () => {
    const scene = await lab.open('StopsWhenItGoes', { isStrict: true })
    await click(scene, 'Start')
    await expect.poll(() => text(scene)).toMatch(/^w0 /)
    await scene.page.evaluate(() => window.unmount())
    await expect.poll(() => posts(scene)).toContainEqual(expect.stringMatching(/\/stop$/))
    expect(scene.problems).toEqual([])
  })

  test('an option that changes behind an answer leaves it where it is', async () => {
    const scene = await lab.open('ChangesBuffer', { isStrict: true })
    await click(scene, 'Start')
    await expect.poll(() => text(scene)).toBe(ANSWER)
    await expect.poll(() => status(scene)).toBe('still')
    await click(scene, 'Change')
    await expect.poll(() => scene.page.locator('#buffer').textContent()).toBe('50')
    expect(await text(scene)).toBe(ANSWER)
    expect(await posts(scene)).toHaveLength(1)
  })

  // React 18 has no Activity
  if (version !== 18) {
    test('in a tab that is hidden for a while nothing of the answer is lost, or told twice', async () => {
      const scene = await lab.open('Tabs', { isStrict: true })
      await click(scene, 'Start')
      await expect.poll(() => text(scene)).toMatch(/^w0 /)
      await click(scene, 'Turn')
      await expect
        .poll(() => scene.page.evaluate(() => window.seen.signals.map((signal) => signal?.aborted)))
        .toEqual([true])
      await click(scene, 'Turn')
      await expect.poll(() => text(scene)).toBe(ANSWER)
      await expect.poll(() => status(scene)).toBe('still')
      await click(scene, 'Turn')
      await click(scene, 'Turn')
      expect(await text(scene)).toBe(ANSWER)
      expect(await posts(scene)).toEqual(['/api/stream/message'])
      expect(await told(scene)).toBe(`start${ANSWER}complete`)
      expect(await hasOnlyGrown(scene)).toBe(true)
      expect(scene.problems).toEqual([])
    })

    test('a message that is on its way when its tab is hidden arrives, once', async () => {
      const scene = await lab.open('ChatTab', { isStrict: true })
      await click(scene, 'Start')
      await expect.poll(() => told(scene)).toBe('threads.create')
      await click(scene, 'Turn')
      await scene.page.evaluate(() => window.dispatchEvent(new Event('taken')))
      await expect.poll(() => outcomes(scene)).toEqual(['sent'])
      await click(scene, 'Turn')
      await expect.poll(() => status(scene)).toBe('thr_1')
      await expect.poll(() => text(scene)).toBe('1')
      expect((await told(scene)).split('threads.create')).toHaveLength(2)
    })
  }

  test('of what is typed the newest message is sent, once', async () => {
    const scene = await lab.open('Debounced', { isStrict: true })
    await scene.page.getByRole('textbox').pressSequentially('Hello')
    await expect.poll(() => text(scene)).toBe(ANSWER)
    const messages = await scene.page.evaluate(() => window.seen.mock.calls.map(({ body }) => body))
    expect(messages).toEqual([expect.objectContaining({ message: 'Hello' })])
  })

  test.each(['stop', 'leaving'])('a message that still waits is dropped by %s', async (way) => {
    const scene = await lab.open('Debounced')
    // Time stands still between the two, however long they take.
    await scene.page.clock.install()
    await scene.page.clock.pauseAt(Date.now() + 60_000)
    await scene.page.getByRole('textbox').pressSequentially('a')
    if (way === 'stop') await click(scene, 'Stop')
    else await scene.page.evaluate(() => window.unmount())
    await scene.page.clock.runFor(2 * DEBOUNCE_MS)
    expect(await posts(scene)).toEqual([])
  })

  test('20,000 tokens into the store tell it a handful of times', async () => {
    const scene = await lab.open('Store')
    await click(scene, 'Start')
    await expect.poll(() => status(scene)).toBe('20000')
    expect(await scene.page.evaluate(() => window.seen.notified)).toBeLessThan(10)
    await click(scene, 'Fail')
    await expect.poll(() => scene.page.getByRole('alert').textContent()).toBe('network')
    await click(scene, 'Reset')
    await expect.poll(() => status(scene)).toBe('0')
  })

  test('of two messages to the store in a row the second is answered, and a stop takes back what was not sent', async () => {
    const scene = await lab.open('TwiceStore')
    await click(scene, 'Start')
    await expect.poll(() => text(scene)).toBe(ANSWER)
    await expect.poll(() => status(scene)).toBe('still')
    const messages = () => scene.page.evaluate(() => window.seen.mock.calls.map(({ body }) => body))
    expect(await messages()).toEqual([expect.objectContaining({ message: 'Second' })])
    await click(scene, 'Start and stop')
    await expect.poll(() => status(scene)).toBe('still')
    expect(await messages()).toHaveLength(1)
    expect(await text(scene)).toBe(ANSWER)
  })

  test('handlers are those of the last render', async () => {
    const scene = await lab.open('NewestHandler')
    await click(scene, 'Start')
    await click(scene, 'Change')
    await expect.poll(() => text(scene)).toBe(ANSWER)
    await expect.poll(() => scene.page.evaluate(() => window.seen.events)).toEqual(['second'])
  })

  test('the boundary tells nothing internal, and tries again', async () => {
    const scene = await lab.open('Breaks')
    await click(scene, 'Start')
    const alert = scene.page.getByRole('alert')
    await expect.poll(() => alert.locator('p').textContent()).toMatch(/Try again/)
    expect(await alert.textContent()).not.toContain('secret')
    await click(scene, 'Try again')
    await expect.poll(() => text(scene)).toBe('whole')
  })

  test('an answer that fails keeps its text, with the reason below', async () => {
    const scene = await lab.open('FailsLate')
    await click(scene, 'Start')
    await expect
      .poll(() => scene.page.getByRole('alert').locator('p').textContent())
      .toBe('The model failed. Try again.')
    expect(await text(scene)).toBe('half an answer')
    expect(await scene.page.getByRole('button', { name: 'Try again' }).count()).toBe(1)
  })

  test('markdown that grows leaves what is finished alone, and another text takes its place', async () => {
    const scene = await lab.open('Grows', { isStrict: true })
    const { page } = scene
    await expect.poll(() => page.locator('#text p').count()).toBe(2)
    await page.locator('#text strong').evaluate((node) => node.setAttribute('data-kept', ''))
    await click(scene, 'Grow')
    await expect.poll(() => page.locator('#text em').textContent()).toBe('half written')
    expect(await page.locator('#text [data-kept]').count()).toBe(1)
    expect(await page.locator('#text').getAttribute('aria-busy')).toBe('true')
    await click(scene, 'Complete')
    await expect.poll(() => page.locator('#text p').last().textContent()).toBe('Second *half written')
    expect(await page.locator('#text').getAttribute('aria-busy')).toBe('false')
    await click(scene, 'Replace')
    await expect.poll(() => text(scene)).toBe('Another text')
    expect(await page.locator('#text > *').count()).toBe(1)
    expect(scene.problems).toEqual([])
  })

  test('the server sends plain text without a warning, and the page takes it over without one', async () => {
    const { html, problems } = lab.html('Everything')
    expect(html).toContain('**Sent** as HTML')
    expect(html).toContain('*Lazy*')
    // what React puts where it gave up rendering on the server
    expect(html).not.toContain('<!--$!-->')
    expect(problems).toEqual([])
    const scene = await lab.open('Everything', { isStrict: true, isSent: true })
    await expect.poll(() => scene.page.locator('#text strong').textContent()).toBe('Sent')
    await expect.poll(() => scene.page.locator('#lazy em').textContent()).toBe('Lazy')
    expect(scene.problems).toEqual([])
  })
})
