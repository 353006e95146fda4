/** Fetches the small real model that the tests talk to. The command does it itself, so it is the command which is run. */
import { show } from './command.mjs'
import { SetupError } from './script.mjs'

export async function ensureModel() {
  const code = await show(process.execPath, ['packages/millrace/dist/cli.js', 'model', 'pull'])
  if (code !== 0) throw new SetupError('The small model for the tests could not be fetched (above).')
}
