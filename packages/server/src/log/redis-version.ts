/** Whether a server is new enough, by what it says of itself. */

/** The oldest version that has what the scripts need (exclusive ranges of streams). */
export const OLDEST = '6.2'

/** From the answer of INFO. */
export function infoField(info: string, name: string): string | undefined {
  return new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1]
}

/** Whether a server that tells its version has one that won't do. Valkey gives the version of Redis that it equals. */
export function isTooOld(info: string): boolean {
  const [major = 0, minor = 0] = (infoField(info, 'redis_version') ?? '').split('.').map(Number)
  const [oldestMajor = 0, oldestMinor = 0] = OLDEST.split('.').map(Number)
  return major > 0 && (major < oldestMajor || (major === oldestMajor && minor < oldestMinor))
}
