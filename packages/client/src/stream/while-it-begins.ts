/** Code that shows nothing: it is loaded while the first run begins. */

/** What stops runs. */
export const loadStopping = () => import('./stopping.ts')

/** What reads a refusal. */
export const loadRefusal = () => import('./refusal.ts')

/** Whoever needs what could not be loaded asks again. */
export function loadWhileItBegins(): void {
  for (const loading of [loadStopping(), loadRefusal()]) loading.catch(() => {})
}
