import type { ReactElement } from 'react'

/** Names and what they are right now. */
export function Facts({ of: facts }: { of: Record<string, string | number | boolean | undefined> }): ReactElement {
  return (
    <dl className="facts">
      {Object.entries(facts).map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{String(value ?? '–')}</dd>
        </div>
      ))}
    </dl>
  )
}
