/**
 * What the demo model can show, one entry for each capability. The model picks the first scene whose words the user
 * used; a scene says what happens next, given what tools have answered so far.
 */
import { LONG_ANSWER } from './long-answer.ts'
import type { DemoTurn } from './turn.ts'

/** One thing the model does: speak, think aloud, call a tool, or fail. */
export type Step = { say: string } | { think: string } | { call: string; arguments: object } | { fail: string }

interface Scene {
  /** What the user can type to see it, and what it shows. */
  ask: string
  shows: string
  matches: RegExp
  play(turn: DemoTurn): Step[]
}

/** Names of the tools that the scenes call; the demo agent has all of them. */
export const DEMO_TOOLS = {
  rollDice: 'roll_dice',
  showPoll: 'show_poll',
  planTrip: 'plan_trip',
  searchArchive: 'search_archive',
  celebrate: 'celebrate',
  readPage: 'read_page',
  setTitle: 'set_title',
} as const

/** How the demo model introduces itself. */
export const INTRODUCTION = "I am Millrace's built-in demo model, no real AI: I follow a script."

/** A scene around one tool: say something, call it, say what came of it. */
function around(tool: string, before: Step[], args: (turn: DemoTurn) => object, after: (result: string) => string) {
  return (turn: DemoTurn): Step[] => {
    if (!turn.tools.has(tool))
      return [{ say: `I would call the tool \`${tool}\` now, but this agent does not have it.` }]
    const result = turn.results.get(tool)
    return result === undefined ? [...before, { call: tool, arguments: args(turn) }] : [{ say: after(result) }]
  }
}

const SCENES: readonly Scene[] = [
  {
    ask: 'Fail with an error',
    shows: 'an error in mid-answer, with a retry',
    matches: /\b(?:errors?|fail(?:s|ure)?|crash(?:es)?)\b/i,
    play: () => [
      { say: 'Here is the beginning of an answer. It breaks off now, as if the model had died: ' },
      { fail: 'The demo model failed, because it was asked to. Try again, or ask for something else.' },
    ],
  },
  {
    ask: 'Read this page with a client tool',
    shows: 'a client tool: the page answers the model',
    matches: /\bclient tools?\b|\bthis page\b|\bread (?:the|my) page\b/i,
    play: around(
      DEMO_TOOLS.readPage,
      [{ say: 'I ask your browser about the page that you see.' }],
      () => ({ fields: ['title', 'url', 'language', 'width', 'height', 'theme'] }),
      (result) => `Your browser answered my client tool call:\n\n\`\`\`json\n${result || 'null'}\n\`\`\`\n`,
    ),
  },
  {
    ask: 'Send a client effect',
    shows: 'a client effect: something happens in the page, nobody waits for it',
    matches: /\beffects?\b|\bcelebrat\w*|\bconfetti\b/i,
    play: around(
      DEMO_TOOLS.celebrate,
      [],
      () => ({ message: 'A client effect from the demo model' }),
      () =>
        'I sent the client effect `celebrate` to the page. It was told and forgotten: I do not know what became of it.',
    ),
  },
  {
    ask: 'Show me a widget',
    shows: 'a card with buttons that work',
    matches: /\bwidgets?\b|\bcards?\b|\bbuttons?\b|\bpoll\b/i,
    play: around(
      DEMO_TOOLS.showPoll,
      [{ say: 'Here is a small poll. Press one of its buttons.' }],
      () => ({ question: 'What should an answer survive?', options: ['A reload', 'A lost connection', 'A restart'] }),
      () => 'Each button sends an action to the server, which counts the vote and replaces the card.',
    ),
  },
  {
    ask: 'Plan a trip with a workflow',
    shows: 'thoughts, and a workflow with tasks',
    matches: /\bworkflows?\b|\bplan\b|\bthink\w*|\bthoughts?\b|\breason\w*/i,
    play: around(
      DEMO_TOOLS.planTrip,
      [
        {
          think:
            '**Reading the question**\n\nThe user wants to see a workflow. A trip is a good example: it has steps that depend on each other.',
        },
        {
          think:
            '**Choosing the steps**\n\nFirst the connections, then the weather, then a place to stay. I call the tool that works them off.',
        },
      ],
      () => ({ city: 'Lisbon', days: 3 }),
      (result) => `The plan is ready.\n\n${result}`,
    ),
  },
  {
    ask: 'Search with progress updates',
    shows: 'progress lines while a tool works',
    matches: /\bprogress\b|\bsearch\w*/i,
    play: around(
      DEMO_TOOLS.searchArchive,
      [],
      (turn) => ({ query: turn.said }),
      (result) => result,
    ),
  },
  {
    ask: 'Rename this thread',
    shows: 'a new title for the thread',
    matches: /\btitles?\b|\brename\b/i,
    play: around(
      DEMO_TOOLS.setTitle,
      [],
      (turn) => ({ title: /["“](.+?)["”]/.exec(turn.said)?.[1] ?? 'A thread with a new title' }),
      (result) => `${result} Look at the top of the page, and into the history.`,
    ),
  },
  {
    ask: 'Roll two dice with a tool',
    shows: 'a server tool',
    matches: /\btools?\b|\bdice\b|\broll\b/i,
    play: around(
      DEMO_TOOLS.rollDice,
      [{ say: 'I call the tool `roll_dice` on the server.' }],
      () => ({ count: 2, sides: 6 }),
      (result) => `The tool answered: **${result}**. These numbers are random, I did not make them up.`,
    ),
  },
  {
    ask: 'Write a long answer in markdown',
    shows: 'headings, a table, lists, code, mathematics',
    matches: /\bmarkdown\b|\blong\b|\btable\b|\bcode\b|\bformat\w*/i,
    play: () => [{ say: LONG_ANSWER }],
  },
  {
    ask: 'Count to 100',
    shows: 'a plain stream of tokens, to reload or stop in',
    matches: /\bcount to \d+\b/i,
    play: (turn) => [{ say: countTo(Number(/\bcount to (\d+)/i.exec(turn.said)?.[1])) }],
  },
]

/** The longest count, so that no message makes the model talk for hours. */
const MAX_COUNT = 2000

function countTo(last: number): string {
  return Array.from({ length: Math.min(last, MAX_COUNT) }, (_, index) => String(index + 1)).join(' ')
}

const CATALOGUE = SCENES.map((scene) => `- **${scene.ask}** – ${scene.shows}`).join('\n')

/** What the model does next in this turn. */
export function play(turn: DemoTurn): Step[] {
  if (turn.wantsTitle) return [{ say: titleOf(turn.said) }]
  return SCENES.find((scene) => scene.matches.test(turn.said))?.play(turn) ?? [{ say: introduce(turn.said) }]
}

function introduce(said: string): string {
  const echo =
    said === ''
      ? 'You sent a message without words.'
      : `You wrote:\n\n${quote(said)}\n\nA real model would answer that.`
  return `${INTRODUCTION} ${echo} I can show you what answers look like here. Try one of these:\n\n${CATALOGUE}\n
For a real model set \`OPENAI_API_KEY\`, or run \`millrace model pull\` for a small one on this computer.`
}

/** The user's words as a block quote, shortened: nobody wants a long paste read back to them. */
function quote(said: string): string {
  const shown = said.length > 600 ? `${said.slice(0, 600).trimEnd()} …` : said
  return shown.replaceAll(/^/gm, '> ')
}

/** The first words of a message with a capital letter: good enough for a title. */
function titleOf(said: string): string {
  const words = said
    .replaceAll(/[\s"“”*_#`>]+/g, ' ')
    .trim()
    .split(' ')
    .slice(0, 6)
    .join(' ')
  const title = words.replace(/[.,;:!?…]+$/, '').slice(0, 60)
  return title === '' ? 'New chat' : title.charAt(0).toUpperCase() + title.slice(1)
}

/** What to try, for a start screen: the words to send and what they show. */
export const DEMO_PROMPTS: readonly { ask: string; shows: string }[] = SCENES.map(({ ask, shows }) => ({ ask, shows }))
