import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const repository = resolve(dirname(fileURLToPath(import.meta.url)), '../../..')
const folder = resolve(repository, process.env.MILLRACE_SHARED ?? '../shared', 'markdown')

export interface Construct {
  id: string
  full: string
  cut: string
  leaks: string[]
  want: string
  forbid?: string
}

export interface Final {
  id: string
  md: string
  text: string
  sel?: string
}

export interface Vector {
  id: string
  markdown: string
}

export const sample = (size: '2k' | '8k' | '32k' | '100k'): string => read(`markdown-samples/answer-${size}.md`)
export const constructs = (): Construct[] => JSON.parse(read('constructs.json'))
export const finals = (): Final[] => JSON.parse(read('finals.json'))
export const vectors = (): Vector[] => JSON.parse(read('xss-vectors.json'))

function read(name: string): string {
  return readFileSync(resolve(folder, name), 'utf8')
}
