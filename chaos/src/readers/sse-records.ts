/**
 * Server-sent events, read by rules of the suite's own: only what Millrace itself writes is let through, and a record that was
 * cut is as if it had never come.
 */

export interface SseRecord {
  id: string | undefined
  data: string
}

/**
 * The records of a body.
 * @throws TypeError for bytes that are no UTF-8, Error for a line that Millrace never writes, and what the body throws
 */
export async function* sseRecords(body: AsyncIterable<Uint8Array>): AsyncGenerator<SseRecord> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let rest = ''
  for await (const chunk of body) {
    rest += decoder.decode(chunk, { stream: true })
    const records = rest.split('\n\n')
    rest = records.pop() ?? ''
    for (const record of records) {
      const parsed = parse(record)
      if (parsed) yield parsed
    }
  }
}

function parse(record: string): SseRecord | undefined {
  let id: string | undefined
  let data: string | undefined
  for (const line of record.split('\n')) {
    if (line.startsWith(':')) continue
    if (line.startsWith('id: ') && id === undefined) id = line.slice(4)
    else if (line.startsWith('data: ') && data === undefined) data = line.slice(6)
    else throw new Error(`A line that Millrace never writes: ${JSON.stringify(line)}`)
  }
  return data === undefined ? undefined : { id, data }
}
