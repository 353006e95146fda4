/** Images that only the user may see: `<img>` can't carry what the page adds to its requests. */
import { useEffect, useState } from 'preact/hooks'
import { originOf } from '../api-access.ts'
import { useChat } from '../chat-context.ts'

/**
 * What `<img>` is to show for an address. Where the page has a way of its own to ask the API, an image at the API's origin is
 * asked for in that way and shown from memory, which is freed with the view; any other address stays what it is.
 */
export function useOwnImage(address: string | undefined): string | undefined {
  const chat = useChat()
  const [loaded, setLoaded] = useState<{ of: string; url: string }>()
  const own = address === undefined ? undefined : chat.access.own()
  const isOwn = own !== undefined && originOf(address ?? '') === own.origin
  useEffect(() => {
    if (!isOwn || address === undefined) return
    const leaving = new AbortController()
    let url: string | undefined
    const load = async () => {
      const answer = await chat.access.own()?.fetch(address, { headers: {}, signal: leaving.signal })
      const image = await answer?.blob()
      if (leaving.signal.aborted) return
      // A page whose fetch knows the API alone gets here something else than an image.
      if (answer?.ok && image?.type.startsWith('image/')) url = URL.createObjectURL(image)
      setLoaded({ of: address, url: url ?? address })
    }
    load().catch(() => leaving.signal.aborted || setLoaded({ of: address, url: address }))
    return () => {
      leaving.abort()
      if (url !== undefined) URL.revokeObjectURL(url)
    }
  }, [address, isOwn])
  if (!isOwn) return address
  return loaded && loaded.of === address ? loaded.url : undefined
}
