import type { StreamClient } from '@millrace/client/stream'

/** A stream client, or what a hook gives. */
export type StreamSource = StreamClient | { readonly client: StreamClient }

export function clientOf(source: StreamSource): StreamClient {
  return 'client' in source ? source.client : source
}
