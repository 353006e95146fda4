#!/usr/bin/env node
/** The command `millrace`. `npm start` calls `run` from here, without a second process. */
import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import { argv, exit, env as processEnvironment, stderr } from 'node:process'
import { fileURLToPath } from 'node:url'
import { ChatKitError } from '@millrace/protocol'
import { Command } from 'commander'

interface StartFlags {
  host?: string
  port?: string
  data?: string
  open?: boolean
}

/** Runs the command with these arguments; a failure ends the process with code 1 and says what to do. */
export async function run(commandArguments: readonly string[]): Promise<void> {
  try {
    await program().parseAsync(commandArguments, { from: 'user' })
  } catch (error) {
    stderr.write(`${error instanceof ChatKitError ? error.message : stackOf(error)}\n`)
    exit(1)
  }
}

function program(): Command {
  const command = new Command('millrace')
    .description('A streaming chat with its page, its store and any model.')
    .version(version(), '-v, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand(false)
    .showHelpAfterError('(millrace --help lists what there is.)')
  command
    .command('start', { isDefault: true })
    .description('serve the chat (this is what happens without a command)')
    .option('--host <address>', 'address to listen on (HOST)')
    .option('--port <number>', 'port to listen on, 0 for any free one (PORT)')
    .option('--data <folder>', 'folder of threads and attachments (DATABASE_URL)')
    .option('--open', 'open the chat in the browser')
    .action(startCommand)
  command
    .command('model')
    .description('the small model that runs in this process')
    .command('pull')
    .description('fetch SmolLM2-135M-Instruct (GGUF) and what runs it')
    .action(pullCommand)
  return command
}

/** Ctrl+C ends it cleanly: what was fetched so far is used by the next pull. */
async function pullCommand(): Promise<void> {
  const { pullModel } = await import('./pull/index.ts')
  const abort = new AbortController()
  process.once('SIGINT', () => abort.abort(new ChatKitError('unavailable', 'Ended before everything was fetched.')))
  await pullModel({ signal: abort.signal })
}

async function startCommand({ host, port, data, open }: StartFlags): Promise<void> {
  if (existsSync('.env')) process.loadEnvFile('.env')
  const { runServer } = await import('./start-command.ts')
  const options = { HOST: host, PORT: port, DATABASE_URL: data && `sqlite:${join(data, 'millrace.db')}` }
  await runServer({ environment: processEnvironment, options, open: open ?? false })
}

function version(): string {
  const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
  return manifest.version
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}

// Started as a program, and not imported by `npm start`; npm links `bin` files, so links are followed.
if (argv[1] && realpathSync(argv[1]) === fileURLToPath(import.meta.url)) await run(argv.slice(2))
