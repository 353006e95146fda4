import Link from 'next/link'
import { HOOK_PAGES } from '../components/hooks/hook-pages.ts'

export default function HomePage() {
  return (
    <>
      <h1>Millrace in Next.js</h1>
      <p className="lead">
        One Next.js app: its pages, and the chat server inside its route handlers. No other process, no key, no network.
      </p>
      <ul className="cards">
        <li>
          <Link href="/chat">
            <strong>ChatKit</strong>
            <span>The unmodified chatkit-react on the open element: lock, client tool, client effect, theme.</span>
          </Link>
        </li>
        {HOOK_PAGES.map(({ path, hook, purpose }) => (
          <li key={path}>
            <Link href={path}>
              <strong>{hook}</strong>
              <span>{purpose}</span>
            </Link>
          </li>
        ))}
      </ul>
    </>
  )
}
