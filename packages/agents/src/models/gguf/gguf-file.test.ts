import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findEngine } from './engine.ts'
import { checkGgufFile } from './gguf-file.ts'
import { loadGgufModel } from './gguf-model.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millrace-gguf-'))
})
afterAll(() => rm(folder, { recursive: true }))

async function file(name: string, content: string): Promise<string> {
  const path = join(folder, name)
  await writeFile(path, content)
  return path
}

const saying = (words: RegExp) =>
  expect.objectContaining({ code: 'not_configured', message: expect.stringMatching(words) })

describe('a model file that can not be used is one clear error', () => {
  test('missing', async () => {
    const path = join(folder, 'missing.gguf')
    await expect(checkGgufFile(path)).rejects.toEqual(saying(/no model file ".*missing\.gguf".*millrace model pull/))
  })

  test('a folder', async () => {
    await expect(checkGgufFile(folder)).rejects.toEqual(saying(/is no file/))
  })

  test.each([
    ['a web page', '<!doctype html>'],
    ['empty', ''],
    ['shorter than its mark', 'GG'],
  ])('%s', async (name, content) => {
    const path = await file(`${name}.gguf`, content)
    await expect(checkGgufFile(path)).rejects.toEqual(saying(/is not a GGUF file.*millrace model pull/))
  })

  test('larger than the memory', async () => {
    const path = await file('large.gguf', `GGUF${'0'.repeat(2000)}`)
    await expect(checkGgufFile(path, 1000)).rejects.toEqual(saying(/0\.0 GB of memory.*smaller model/))
    await expect(checkGgufFile(path)).resolves.toBeUndefined()
  })

  test('not readable', async () => {
    const path = join(folder, 'circle.gguf')
    await symlink(path, path)
    await expect(checkGgufFile(path)).rejects.toEqual(saying(/can't be read.*permissions/))
  })

  test('with nothing to run it', async () => {
    const path = await file('alone.gguf', 'GGUF and no more')
    await expect(loadGgufModel({ path })).rejects.toEqual(saying(/node-llama-cpp|could not be loaded/))
  })
})

describe('the engine', () => {
  async function engine(name: string, version: string): Promise<string> {
    const home = join(folder, name, 'node_modules', 'node-llama-cpp')
    await mkdir(home, { recursive: true })
    await writeFile(join(home, 'package.json'), JSON.stringify({ version, main: './dist/index.js' }))
    return join(folder, name)
  }

  test('is found beside the model and above it', async () => {
    const home = await engine('fit', '3.22.1')
    const entry = pathToFileURL(join(home, 'node_modules', 'node-llama-cpp', 'dist', 'index.js')).href
    expect(findEngine([home], folder)).toBe(entry)
    expect(findEngine([join(home, 'deep', 'er')], folder)).toBe(entry)
  })

  test('of another version is not taken, and named', async () => {
    const home = await engine('old', '3.2.0')
    expect(() => findEngine([home], folder)).toThrow(saying(/version 3\.2\.0.*\^3\.22\.0.*millrace model pull/))
  })

  test('that is nowhere is an error that says how to get it', () => {
    expect(() => findEngine([join(folder, 'none')], folder)).toThrow(saying(/not installed.*millrace model pull/))
  })
})
