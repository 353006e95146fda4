import type { Metadata, Viewport } from 'next'
import { connection } from 'next/server'
import type { ReactNode } from 'react'
import { SettingsProvider } from '../components/settings-provider.tsx'
import { SiteNavigation } from '../components/site-navigation.tsx'
import { publicSettings } from '../settings/public-settings.ts'
import './globals.css'
import '@millrace/markdown/style.css'

export const metadata: Metadata = {
  title: { default: 'Millrace in Next.js', template: '%s · Millrace in Next.js' },
  description: 'A streaming chat in a Next.js app, and a page for each hook.',
}

export const viewport: Viewport = { colorScheme: 'light dark' }

export default async function RootLayout({ children }: { children: ReactNode }) {
  // Rendered for each request: the settings are those of the process that serves, not of the build.
  await connection()
  return (
    <html lang="en">
      <body>
        <a className="skip" href="#main">
          Skip to the content
        </a>
        <SiteNavigation />
        <main id="main">
          <SettingsProvider settings={publicSettings(process.env)}>{children}</SettingsProvider>
        </main>
      </body>
    </html>
  )
}
