/** The demo model's long answer: every construct that the page's markdown has to stream well. */
export const LONG_ANSWER = `# How an answer travels

I am Millrace's built-in demo model, so this text is scripted. The way it reaches you is not: it passes through the same
agent, run log and stream that a real model would use. Reload the page while it is being written, and nothing is lost.

## The path of a token

1. The **model** produces a token. I do so at about the speed at which people read.
2. The **agent** turns it into a ChatKit event.
3. The **run log** keeps the event *before* anybody sees it.
4. Your **browser** reads the log, and shows what it read.

> A connection is only a reader. If it breaks, the run goes on, and the next reader starts where the last one left off.

## What was measured, and what it means

| Question | Answer | Why |
|:---------|:------:|-----|
| Does a reload lose text? | no | the log holds every event |
| Does a second tab cost a second answer? | no | both read the same log |
| Does *stop* really stop? | yes | the signal reaches the model |
| Can a slow reader slow the others? | no | each reads at its own pace |

## In code

A reader is a loop over an async iterable. This is all it takes to follow a run:

\`\`\`ts
async function follow(runId: string, after = 0): Promise<string> {
  const parts: string[] = []
  for await (const batch of log.read(runId, after, signal)) {
    for (const entry of batch) {
      if ('data' in entry) parts.push(entry.data)
    }
  }
  return parts.join('')
}
\`\`\`

And from a shell, with \`curl\`:

\`\`\`sh
curl -N http://127.0.0.1:8000/chatkit \\
  -H 'content-type: application/json' -H 'last-event-id: 0' \\
  -d '{"type":"runs.resume","params":{"thread_id":"thr_1"}}'
\`\`\`

## A little mathematics

With $$n$$ tokens and a cost of $$c$$ for each, an answer should cost $$c \\cdot n$$, and not

$$
\\sum_{k=1}^{n} c \\cdot k = c \\cdot \\frac{n(n+1)}{2}
$$

which is what you get when every event repeats the whole text so far.

## Things to try now

- [x] Ask for a long answer
- [ ] Reload the page while it streams
- [ ] Open the same thread in a second tab
- [ ] Press *stop* in one of them
  - it stops in both
  - what was said so far stays

That's ~~all~~ most of it. To see a real model, put a key into \`OPENAI_API_KEY\`, or run \`millrace model pull\` and point
\`AGENT_MODEL\` at the file. The format of this text is explained in the [CommonMark introduction](https://commonmark.org/help/).
`
