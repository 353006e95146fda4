/** Checks of what a server answers, as far as this client relies on it. */
import { ChatKitError, type Page, type Thread, type ThreadItem } from '@millrace/protocol'
import { isObject } from './http-errors.ts'

export function isThread(value: unknown): value is Thread {
  return isObject(value) && typeof value.id === 'string' && (value.items === undefined || isPage(value.items))
}

export function isItem(value: unknown): value is ThreadItem {
  return hasId(value) && typeof value.type === 'string'
}

/** A page of things with ids. */
export function isPage<T extends { id: string }>(value: unknown): value is Page<T> {
  return isObject(value) && Array.isArray(value.data) && value.data.every(hasId)
}

export function hasId(value: unknown): value is { id: string; type?: unknown } {
  return isObject(value) && typeof value.id === 'string'
}

export function unexpectedBody(request: string): ChatKitError {
  return new ChatKitError('server_error', `The server's answer to "${request}" is not what ChatKit sends.`)
}
