import type { ActionConfig, WidgetItem } from '@millrace/protocol'
import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import type { FieldValue } from './forms.ts'

/** Where an action's loading state shows (W3). */
export type LoadingPlace = 'self' | 'container' | 'none'

interface ActionSource {
  /** The type of the node whose action it is. */
  widgetType: string
  /** What `loadingBehavior: "auto"` means at this place. */
  auto: LoadingPlace
  /** The element acted on: the values of its form go along. */
  element: Element | null
  /** The value of a control outside any form (W6). */
  own?: { name: string; value: FieldValue }
  /** Told while the action runs, where the loading state is the node's own. */
  setLoading?: (isLoading: boolean) => void
}

/** What nodes need of the widget they are in. */
export interface WidgetScope {
  readonly item: WidgetItem
  /** Names of fields that a `Label` of the widget names. */
  readonly labelled: ReadonlySet<string>
  /** Carries an action out; resolves when its loading state has ended. */
  run(action: ActionConfig, source: ActionSource): Promise<void>
}

const WidgetContext = createContext<WidgetScope | null>(null)
export const WidgetScopeProvider = WidgetContext.Provider

export function useWidgetScope(): WidgetScope {
  const scope = useContext(WidgetContext)
  if (!scope) throw new Error('useWidgetScope needs a WidgetScopeProvider above it')
  return scope
}
