/** What a refused request says: loaded while the first run begins, since most are not refused. */
import { isObject, parseJson, retryAfter } from '../http-errors.ts'
import { type StreamFailure, told } from './stream-error.ts'

/** The error that a 4xx or 5xx answer stands for, also where it is not our server's. */
export async function refusalOf(response: Response): Promise<StreamFailure> {
  const { status, headers } = response
  const body = parseJson(await response.text().catch(() => ''))
  const wire = isObject(body) && typeof body.code === 'string' ? body : refused(status)
  return told(wire, { status, retryAfterMs: retryAfter(headers.get('retry-after')) })
}

function refused(status: number): Record<string, unknown> {
  const code = { 401: 'auth_error', 403: 'forbidden', 404: 'not_found', 429: 'rate_limited' }[status]
  return status < 500
    ? { code: code ?? 'invalid_request', error: `The server refused the request (HTTP ${status}).` }
    : { code: status > 501 ? 'unavailable' : 'server_error', error: `The server failed (HTTP ${status}). Try again.` }
}
