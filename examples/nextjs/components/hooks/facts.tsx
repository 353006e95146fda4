/** Names and values, as a list that is read as one. */
export function Facts({ facts }: { facts: Readonly<Record<string, string | number>> }) {
  return (
    <dl className="facts">
      {Object.entries(facts).map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}
