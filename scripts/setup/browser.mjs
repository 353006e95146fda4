/** Finds Chromium for the browser tests, and installs it where the system's package manager may. */
import { existsSync } from 'node:fs'
import { works } from './command.mjs'
import { SetupError } from './script.mjs'
import { installPackages, places } from './system-packages.mjs'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome', 'msedge']
const PLACES = [
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
]

const CHROMIUM = {
  what: 'Chromium for the browser tests',
  // And a font.
  packages: {
    'apt-get': ['chromium', 'fonts-liberation'],
    dnf: ['chromium', 'liberation-fonts'],
    apk: ['chromium', 'font-liberation'],
    brew: ['--cask', 'chromium'],
  },
  advice: [
    'The browser tests need Chromium, and it could not be installed from here.',
    'Install Chromium or Google Chrome (Debian: `sudo apt-get install chromium`; macOS: `brew install --cask chromium`),',
    'or name another one: CHROMIUM_PATH=/path/to/chrome npm test',
  ].join('\n'),
  find: findBrowser,
}

/** The path of a Chromium that starts, installed if there was none. */
export async function ensureBrowser() {
  const override = process.env.CHROMIUM_PATH
  if (override) {
    if (!startsUp(override)) throw new SetupError(`CHROMIUM_PATH names ${override}, which doesn't start.`)
    return override
  }
  return findBrowser() ?? (await installPackages(CHROMIUM))
}

/** The first browser of this machine that starts. Ubuntu's `chromium-browser` may be a stub which only asks for a snap. */
export function findBrowser() {
  return [...NAMES.flatMap((name) => places(name)), ...PLACES].find((path) => existsSync(path) && startsUp(path))
}

function startsUp(path) {
  return process.platform === 'win32' || works(path, ['--version'])
}
