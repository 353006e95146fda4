/** Runs once when the server starts, before its first request. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== 'nodejs') return
  const { checkSettings, endOnSignal } = await import('./server/process.ts')
  checkSettings()
  endOnSignal()
}
