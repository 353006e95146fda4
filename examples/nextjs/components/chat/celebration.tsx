import { type CSSProperties, useEffect } from 'react'

const SHOWN_MS = 4000

/** Pieces of paper at fixed places, so that nothing random is rendered. */
const PIECES = Array.from({ length: 36 }, (_, index) => ({
  '--x': `${(index * 37) % 100}%`,
  '--hue': String((index * 67) % 360),
  '--delay': `${(index % 9) / 20}s`,
}))

/** What the client effect `celebrate` looks like. Without falling paper for who wants less motion. */
export function Celebration({ message, onEnd }: { message: string; onEnd(): void }) {
  useEffect(() => {
    const timer = setTimeout(onEnd, SHOWN_MS)
    return () => clearTimeout(timer)
  }, [onEnd])
  return (
    <div className="celebration">
      <p role="status">{message || 'Hooray!'}</p>
      {PIECES.map((style) => (
        <i key={style['--x']} style={style as CSSProperties} aria-hidden="true" />
      ))}
    </div>
  )
}
