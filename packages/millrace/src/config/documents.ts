/** What is written about the settings, made from their table: `.env.example` and `docs/settings.md`. */
import { text } from './kinds.ts'
import { type Setting, settings } from './settings.ts'

/** A file that can be copied to `.env`: every setting with its meaning, commented out. */
export function envExample(): string {
  const sections = byGroup().map(([group, rows]) => `# ${group}\n\n${rows.map(envLines).join('\n\n')}`)
  return `# Settings of Millrace. Copy this file to .env and remove the # before what you change.\n\n${sections.join('\n\n')}\n`
}

/** The settings as tables in Markdown. */
export function settingsPage(): string {
  const sections = byGroup().map(([group, rows]) => {
    const table = ['| variable | default | meaning |', '|---|---|---|', ...rows.map(tableRow)]
    return `## ${group}\n\n${table.join('\n')}`
  })
  return `# Settings

Millrace reads its settings from the environment and from the file \`.env\` in the folder it is started in; the environment wins.
A wrong value ends the start with a message that says what was expected; an unknown \`MILLRACE_…\` is a warning.
This page is made from the table in the source by \`npm run settings\`.

${sections.join('\n\n')}
`
}

function byGroup(): [string, Setting[]][] {
  const groups = new Map<string, Setting[]>()
  for (const row of Object.values<Setting>(settings)) {
    groups.set(row.group, [...(groups.get(row.group) ?? []), row])
  }
  return [...groups]
}

function envLines(row: Setting): string {
  const meaning = [row.meaning, ...note(row)].join(' ')
  return `${wrap(meaning, 100).replace(/^/gm, '# ')}\n# ${row.variable}=${quoted(row.default ?? row.example)}`
}

function tableRow(row: Setting): string {
  const option = row.option ? `, \`${row.option}\`` : ''
  const fallback = row.default === undefined ? '–' : `\`${row.default}\``
  const shape = row.kind === text ? [] : [`Must be ${row.kind.shape}.`]
  const meaning = [row.meaning, ...shape, ...note(row)].join(' ')
  return `| \`${row.variable}\`${option} | ${fallback} | ${meaning} |`
}

function note({ missing }: Setting): string[] {
  return missing ? [missing.note] : []
}

function quoted(value: string): string {
  return /[\s#]/.test(value) ? `"${value}"` : value
}

function wrap(sentence: string, width: number): string {
  const lines: string[] = []
  let line = ''
  for (const word of sentence.split(' ')) {
    if (line && line.length + word.length >= width) {
      lines.push(line)
      line = ''
    }
    line = line ? `${line} ${word}` : word
  }
  return [...lines, line].join('\n')
}
