import { StreamErrorBoundary, StreamingMarkdown, useResilientStreaming } from '@millrace/react'

export function Chat() {
  const stream = useResilientStreaming()
  const ask = () => stream.startStream('Write a long answer in markdown')
  return (
    <StreamErrorBoundary error={stream.error} onReset={() => stream.client.restore() ?? ask()}>
      <button type="button" onClick={stream.isStreaming ? stream.stopStream : ask}>
        {stream.isStreaming ? 'Stop' : 'Ask'}
      </button>
      <StreamingMarkdown stream={stream} className="markdown" />
    </StreamErrorBoundary>
  )
}
