import { code } from '@streamdown/code'
import { Streamdown } from 'streamdown'
import type { Show } from '../contender.ts'
import { inReact } from './react.tsx'

export const streamdown: Show = inReact((text, isDone) => (
  <Streamdown plugins={{ code }} isAnimating={!isDone}>
    {text}
  </Streamdown>
))
