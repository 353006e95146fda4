/** The plain views of a run, by the last part of their path. Each only encodes entries of the log: none runs the agent. */
import type { RunInfo } from '../log/run-log.ts'
import { BufferedView, type Buffering } from './buffered-view.ts'
import { tokenMetrics } from './token-metrics.ts'
import { tokenView, type ViewEncoder } from './token-view.ts'

export type ViewName = 'message' | 'buffered' | 'resilient' | 'chatkit' | 'monitored' | 'hybrid'

/** Makes the encoder of one reading. */
export type View = (run: RunInfo, buffering: Buffering) => ViewEncoder

export const VIEWS: Readonly<Record<ViewName, View>> = {
  message: () => tokenView({ token: (literal) => `{"type":"token","token":${literal}}` }),

  buffered: (_, buffering) => new BufferedView(buffering),

  resilient: ({ messageId }) => {
    const name = `"message_id":${JSON.stringify(messageId)}`
    return tokenView({
      token: (literal, tokens) => `{"token":${literal},"token_count":${tokens},${name}}`,
      complete: (tokens) => `{"type":"complete",${name},"token_count":${tokens}}`,
      cancelled: `{"type":"cancelled",${name}}`,
    })
  },

  chatkit: ({ threadId }) => {
    const thread = `"thread_id":${JSON.stringify(threadId)}`
    return tokenView({ token: (literal) => `{"token":${literal},${thread}}` })
  },

  monitored: (run) => {
    const metrics = tokenMetrics(run)
    return tokenView({ token: (literal, tokens, now) => `{"token":${literal},"metrics":${metrics(tokens, now)}}` })
  },

  hybrid: () => tokenView({ token: (literal) => `{"token":${literal}}` }),
}
