/** What a refused request says: loaded while the first run begins, since most are not refused. */
import { isObject, parseJson } from '../http-errors.ts'
import { type StreamFailure, told } from './stream-error.ts'

/** The error that a 4xx or 5xx answer stands for, also where it is not our server's. */
export async function refusalOf(response: Response): Promise<StreamFailure> {
  const { status, headers } = response
  const body = parseJson(await response.text().catch(() => ''))
  const wire = isObject(body) && typeof body.code === 'string' ? body : refused(status)
  return told(wire, { status, retryAfterMs: waitOf(headers.get('retry-after')) })
}

function refused(status: number): Record<string, unknown> {
  const code = { 401: 'auth_error', 403: 'forbidden', 404: 'not_found', 429: 'rate_limited' }[status]
  return status < 500
    ? { code: code ?? 'invalid_request', error: `The server refused the request (HTTP ${status}).` }
    : { code: status > 501 ? 'unavailable' : 'server_error', error: `The server failed (HTTP ${status}). Try again.` }
}

/** Seconds or a date, as HTTP has it; in milliseconds from now. */
function waitOf(value: string | null): number | undefined {
  if (!value) return undefined
  const seconds = Number.parseFloat(value)
  const ms = Number.isNaN(seconds) ? Date.parse(value) - Date.now() : seconds * 1000
  return Number.isNaN(ms) ? undefined : Math.max(0, ms)
}
