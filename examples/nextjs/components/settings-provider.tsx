'use client'

import { createContext, type ReactNode, useContext } from 'react'
import type { PublicSettings } from '../settings/public-settings.ts'

const Settings = createContext<PublicSettings | undefined>(undefined)

/** Hands the settings of the process that serves to the components in the browser. */
export function SettingsProvider({ settings, children }: { settings: PublicSettings; children: ReactNode }) {
  return <Settings value={settings}>{children}</Settings>
}

/** The settings, anywhere below the layout. */
export function useSettings(): PublicSettings {
  const settings = useContext(Settings)
  if (!settings) throw new Error('useSettings is used below <SettingsProvider>, which the layout renders.')
  return settings
}
