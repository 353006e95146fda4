/** Hostile texts, whole and in chunks, looked at after each. */
import type { Bench } from '../browser.ts'
import { OURS_EACH_CHUNK, PEERS } from '../contenders.ts'
import { machine, table } from '../report.ts'
import { vectors } from '../samples.ts'

export async function securityReport(bench: Bench): Promise<string> {
  const texts = vectors()
  const lines: string[][] = []
  for (const name of [OURS_EACH_CHUNK, ...PEERS]) {
    const counts = await attackAll(bench, name, texts)
    lines.push([
      name,
      ...counts.map(String),
      name === OURS_EACH_CHUNK ? `0 ${counts.every((count) => count === 0) ? '✓' : '✗'}` : '',
    ])
  }
  return [
    `**${texts.length} hostile texts, at any prefix** (${machine(bench.version)}; no content security policy; texts that had their way)`,
    '',
    table(['renderer', 'ran', 'left something dangerous', 'clobbered a name', 'asked the network', 'limit'], lines),
  ].join('\n')
}

async function attackAll(
  bench: Bench,
  name: string,
  texts: readonly { id: string; markdown: string }[],
): Promise<number[]> {
  const open = await bench.open()
  const { page, requests } = open
  // What takes the page over must not end the measurement.
  page.on('dialog', (dialog) => void dialog.dismiss())
  let [ran, left, clobbered, asked] = [0, 0, 0, 0]
  try {
    for (const { id, markdown } of texts) {
      requests.length = 0
      const number = Number(id.slice(1))
      const damage = await page.evaluate(([name, number, text]) => globalThis.bench.attack(name, number, text), [
        name,
        number,
        markdown,
      ] as const)
      if (damage.ran) ran++
      if (damage.left.length > 0) left++
      if (damage.clobbered) clobbered++
      if (requests.length > 0) asked++
    }
  } finally {
    await open.close()
  }
  return [ran, left, clobbered, asked]
}
