import { type ReactElement, StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { PAGES, type PageName } from '../site.ts'

/** Puts the example into the page, below a heading and links to the others. */
export function showPage(name: PageName, Example: () => ReactElement): void {
  const root = document.querySelector('main')
  const page = PAGES.find((one) => one.name === name)
  if (!root || !page) throw new Error(`There is no page ${name}.`)
  createRoot(root).render(
    <StrictMode>
      <nav aria-label="Hooks">
        {PAGES.map(({ name: other, hook }) => (
          <a key={other} href={`/${other}.html`} aria-current={other === name ? 'page' : undefined}>
            {hook}
          </a>
        ))}
      </nav>
      <h1>{page.hook}</h1>
      <p className="about">{page.about}</p>
      <Example />
    </StrictMode>,
  )
}
