import { mkdirSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { atEnd } from './harness/cleanup.ts'
import { runMillrace } from './harness/millrace.ts'
import { temporaryFolder } from './harness/places.ts'

describe('a start that can not work ends with code 1 and one clear message', () => {
  /** What the process said before it ended. */
  async function refusal(environment: Record<string, string>, folder = temporaryFolder()): Promise<string> {
    const { ended, printed } = runMillrace({ folder, environment })
    expect(await ended).toEqual({ code: 1, signal: null })
    expect(printed.out).toBe('')
    expect(printed.err).not.toMatch(/\n\s+at |node:internal/)
    return printed.err
  }

  test.each([
    ['PORT', 'abc'],
    ['PORT', '70000'],
    ['HOST', 'http://localhost'],
    ['LOG_LEVEL', 'loud'],
    ['OPENAI_BASE_URL', 'localhost:11434'],
    ['MAX_BODY', '4 parsecs'],
    ['MAX_UPLOAD', '-1'],
    ['DRAIN_TIMEOUT', 'soon'],
    ['RUN_RETENTION', '0'],
    ['DATABASE_URL', 'mysql://root@localhost/chat'],
    ['CORS_ORIGINS', '*'],
    ['AGENT_INSTRUCTIONS', '@nowhere.md'],
  ])('%s=%s: the variable, its shape, an example', async (variable, value) => {
    expect(await refusal({ [variable]: value })).toMatch(
      new RegExp(`^${variable}(=.*)? can't be used\\. It must be .+\\. Example: ${variable}=.+\n$`),
    )
  })

  test('a port in use', async () => {
    const other = createServer()
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    atEnd(() => other.close())
    const { port } = other.address() as AddressInfo
    expect(await refusal({ PORT: String(port) })).toMatch(
      new RegExp(`^Port ${port} of 127\\.0\\.0\\.1 is in use\\. .*PORT=${port + 1}`),
    )
  })

  test('a host that others can reach, with nothing that tells users apart', async () => {
    expect(await refusal({ HOST: '0.0.0.0', AUTH: 'anonymous' })).toMatch(
      /^HOST=0\.0\.0\.0 with AUTH=anonymous would open this chat.*\nSet AUTH=session/,
    )
  })

  test('a data folder that can not be written', async () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'taken'), 'a file where the folder should be')
    expect(await refusal({ DATABASE_URL: 'sqlite:taken/millrace.db' }, folder)).toMatch(
      /has a file where its folder should be\. .*DATABASE_URL/,
    )
    // Permissions don't bind root; this file system binds everybody.
    expect(await refusal({ DATABASE_URL: 'sqlite:/proc/millrace/millrace.db' })).toMatch(
      /can't be written\. .*DATABASE_URL/,
    )
  })

  test('a data file that is none', async () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'notes.db'), 'These are my notes, and no database at all. '.repeat(100))
    mkdirSync(join(folder, 'folder.db'))
    expect(await refusal({ DATABASE_URL: 'sqlite:notes.db' }, folder)).toMatch(
      /notes\.db is not a SQLite database\. .*DATABASE_URL/,
    )
    expect(await refusal({ DATABASE_URL: 'sqlite:folder.db' }, folder)).toMatch(
      /folder\.db is a folder\. Set DATABASE_URL to a file/,
    )
  })

  test('a model file that is none', async () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'notes.gguf'), 'These are my notes.')
    expect(await refusal({ AGENT_MODEL: 'nowhere.gguf' }, folder)).toMatch(
      /^There is no model file ".*nowhere\.gguf"\. .*millrace model pull/,
    )
    expect(await refusal({ AGENT_MODEL: './notes.gguf' }, folder)).toMatch(/notes\.gguf" is not a GGUF file/)
  })

  test('a model without a key', async () => {
    expect(await refusal({ AGENT_MODEL: 'gpt-5-mini' })).toMatch(/gpt-5-mini.*OPENAI_API_KEY/)
  })
})
