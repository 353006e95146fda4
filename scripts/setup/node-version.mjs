/** The first release of each line that everything here runs on. Later lines (24, 25 …) are fine as a whole; 21 and 23 are not. */
const FIRST_MINOR = { 20: 19, 22: 12 }
const FIRST_WHOLE_LINE = 24

/** Whether Millrace and its tools run on this Node version, such as `v20.19.0`. Equals `engines` of the root package.json. */
export function isSupported(version) {
  const [major, minor] = version.replace(/^v/, '').split('.').map(Number)
  return major >= FIRST_WHOLE_LINE || minor >= FIRST_MINOR[major]
}

/** What to tell someone whose Node is not supported. */
export function explain(version) {
  return [
    `Millrace needs Node 20.19 or newer, 22.12 or newer, or 24 and up. This is Node ${version.replace(/^v/, '')}.`,
    'Install one from https://nodejs.org, or with a version manager: `nvm install 22`, `fnm use --install-if-missing 22`.',
  ].join('\n')
}
