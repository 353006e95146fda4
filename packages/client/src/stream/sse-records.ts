/**
 * Server-sent events, as the HTML standard has them (section 9.2.6), and no more of it than a token stream needs: it is a
 * third of the size of the parser in `@millrace/protocol` with its errors, and hands on what came at once.
 */
import { unreadable } from './stream-error.ts'

/** No record of ours comes near; who sends a longer one would fill the memory. */
const MAX_LENGTH = 64 * 1024 * 1024

/**
 * Gives a function that takes the text as it comes, cut anywhere, and calls `onRecord` with the data and the id of each
 * whole record. One that ends without its blank line may have been cut, and is never told.
 * @throws StreamFailure `unreadable` for a record of more than 64 Mi characters
 */
export function sseRecords(onRecord: (data: string, id: string | undefined) => void): (text: string) => void {
  /** Of the unfinished line. Kept apart, as joining per chunk is quadratic on one long line. */
  let fragments: string[] = []
  let length = 0
  let data: string | undefined
  let id: string | undefined
  /** The last line ended by `\r` at the very end of a chunk: a `\n` that comes next belongs to it. */
  let isReturn = false

  function take(line: string): void {
    if (line === '') {
      if (data !== undefined) onRecord(data, id)
      data = id = undefined
      length = 0
      return
    }
    const colon = line.indexOf(':')
    const field = colon < 0 ? line : line.slice(0, colon)
    const value = colon < 0 ? '' : line.slice(line.charCodeAt(colon + 1) === 32 ? colon + 2 : colon + 1)
    if (field === 'data') data = data === undefined ? value : `${data}\n${value}`
    else if (field === 'id') id = value
  }

  return (text) => {
    let from = isReturn && text.startsWith('\n') ? 1 : 0
    if (text !== '') isReturn = false
    let feed = text.indexOf('\n', from)
    let ret = text.indexOf('\r', from)
    while (feed >= 0 || ret >= 0) {
      const end = ret < 0 || (feed >= 0 && feed < ret) ? feed : ret
      const line = text.slice(from, end)
      take(fragments.length > 0 ? fragments.join('') + line : line)
      if (fragments.length > 0) fragments = []
      from = end + 1
      if (end === ret) {
        isReturn = from === text.length
        if (feed === from) from += 1
        ret = text.indexOf('\r', from)
      }
      if (feed >= 0 && feed < from) feed = text.indexOf('\n', from)
    }
    if (from === text.length) return
    fragments.push(from === 0 ? text : text.slice(from))
    length += text.length - from
    if (length + (data?.length ?? 0) > MAX_LENGTH) throw unreadable()
  }
}
