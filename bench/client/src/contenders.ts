/** Who takes part, by the names that the page knows them by. */
/** Takes the chunks and shows nothing. */
export const NOTHING = 'nothing'
export const FLOOR = 'floor'
export const OURS = 'millrace'
/** As ours, but the page changes with each chunk: for what is asked of every chunk. */
export const OURS_EACH_CHUNK = 'millrace, each chunk'
export const OURS_IN_REACT = '<StreamingMarkdown>'
/** Fast enough to be given a whole answer. */
export const FAST = ['smd']
/** So slow that a long answer is measured in samples. */
export const SLOW = ['smd + DOMPurify', 'streamdown', 'memoised blocks', 'assistant-ui', 'react-markdown']
export const PEERS = [...FAST, ...SLOW]
