/** What the composer accepts, checked before anything is sent (O82–O85). */
import type { AttachmentOptions } from './options.ts'

const defaultMaxSize = 100 * 1024 * 1024

type Limits = Pick<AttachmentOptions, 'maxSize' | 'accept'>
export type Refusal = { reason: 'size'; limit: number } | { reason: 'type'; accepted: string }

/** Why a file is refused; `undefined` when it is accepted. */
export function refusal(file: { name: string; type: string; size: number }, limits: Limits): Refusal | undefined {
  if (limits.accept && !isAccepted(file, limits.accept)) {
    return { reason: 'type', accepted: acceptList(limits.accept).join(', ') }
  }
  const limit = sizeLimit(file.type, limits.maxSize)
  return file.size > limit ? { reason: 'size', limit } : undefined
}

/** The value of a file input's `accept`. */
export function acceptList(accept: Record<string, string[]>): string[] {
  return Object.entries(accept).flatMap(([type, extensions]) => [type, ...extensions])
}

function isAccepted(file: { name: string; type: string }, accept: Record<string, string[]>): boolean {
  const name = file.name.toLowerCase()
  return Object.entries(accept).some(
    ([pattern, extensions]) =>
      matches(pattern, file.type) || extensions.some((extension) => name.endsWith(extension.toLowerCase())),
  )
}

/** The most specific pattern decides: the exact type, then its group, then the fallback. */
function sizeLimit(type: string, maxSize: Limits['maxSize']): number {
  if (typeof maxSize === 'number') return maxSize
  if (!maxSize) return defaultMaxSize
  const group = `${type.split('/')[0]}/*`
  return maxSize[type] ?? maxSize[group] ?? maxSize['*'] ?? maxSize['*/*'] ?? maxSize[''] ?? defaultMaxSize
}

function matches(pattern: string, type: string): boolean {
  if (pattern === '*' || pattern === '*/*' || pattern === '') return true
  return pattern.endsWith('/*') ? type.startsWith(pattern.slice(0, -1)) : type === pattern
}
