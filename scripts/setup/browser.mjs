/** Finds Chromium for the browser tests, and installs it where the system's package manager may. */
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { capture, works } from './command.mjs'
import { progress } from './progress.mjs'
import { SetupError } from './script.mjs'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome', 'msedge']
const PLACES = [
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
]

/** Package managers in the order in which they are tried, each with the commands that install Chromium and a font. */
const MANAGERS = [
  {
    program: 'apt-get',
    asRoot: true,
    commands: [
      ['apt-get', 'update', '-q'],
      ['apt-get', 'install', '-q', '-y', '--no-install-recommends', 'chromium', 'fonts-liberation'],
    ],
  },
  { program: 'dnf', asRoot: true, commands: [['dnf', 'install', '-y', 'chromium', 'liberation-fonts']] },
  { program: 'apk', asRoot: true, commands: [['apk', 'add', '--no-cache', 'chromium', 'font-liberation']] },
  { program: 'brew', asRoot: false, commands: [['brew', 'install', '--cask', 'chromium']] },
]

/** The path of a Chromium that starts, installed if there was none. */
export async function ensureBrowser() {
  const override = process.env.CHROMIUM_PATH
  if (override) {
    if (!startsUp(override)) throw new SetupError(`CHROMIUM_PATH names ${override}, which doesn't start.`)
    return override
  }
  return findBrowser() ?? (await installBrowser())
}

/** The first browser of this machine that starts. Ubuntu's `chromium-browser` may be a stub which only asks for a snap. */
export function findBrowser() {
  const onPath = NAMES.flatMap((name) => (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, name)))
  return [...onPath, ...PLACES].find((path) => existsSync(path) && startsUp(path))
}

async function installBrowser() {
  const manager = MANAGERS.find(({ program }) => works(program, ['--version']))
  const prefix = manager && rights(manager)
  if (!prefix) throw new SetupError(advice())
  const step = progress(`Installing Chromium for the browser tests (${manager.program})`)
  for (const command of manager.commands) {
    const [program, ...args] = [...prefix, ...command]
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
    const { code, output } = await capture(program, args, {
      env,
      onLine: (line) => step.note(line.trim().slice(0, 60)),
    })
    if (code !== 0) throw new SetupError(`${output.trim().slice(-2000)}\n\n${advice()}`)
  }
  const path = findBrowser()
  if (!path) throw new SetupError(advice())
  step.end('Installed')
  return path
}

/** What has to stand before a command so that it may install; nothing if that isn't possible without asking. */
function rights({ asRoot }) {
  if (!asRoot || process.getuid?.() === 0) return []
  return works('sudo', ['-n', 'true']) ? ['sudo', '-n'] : undefined
}

function startsUp(path) {
  return process.platform === 'win32' || works(path, ['--version'])
}

function advice() {
  return [
    'The browser tests need Chromium, and it could not be installed from here.',
    'Install Chromium or Google Chrome (Debian: `sudo apt-get install chromium`; macOS: `brew install --cask chromium`),',
    'or name another one: CHROMIUM_PATH=/path/to/chrome npm test',
  ].join('\n')
}
