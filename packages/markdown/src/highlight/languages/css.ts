import type { Grammar } from '../grammar.ts'
import { BLOCK_COMMENT, comment, DOUBLE, SINGLE } from '../rules.ts'

export const grammar: Grammar = {
  main: {
    rules: [
      BLOCK_COMMENT,
      { match: /(?<=^\s*)\/\/.*/, kind: 'comment' },
      DOUBLE,
      SINGLE,
      { match: /@[\w-]+/, kind: 'keyword' },
      { match: /--[\w-]+|\$[\w-]+/, kind: 'variable' },
      { match: /[\w-]+(?=\s*:\s)/, kind: 'property' },
      { match: /#[\da-fA-F]{3,8}\b|-?(?:\d*\.)?\d+(?:%|[a-z]+)?/, kind: 'number' },
      { match: /[.#][A-Za-z_-][\w-]*/, kind: 'type' },
      { match: /::?[a-z-]+/, kind: 'meta' },
      { match: /[\w-]+(?=\()/, kind: 'function' },
      { match: /!important/, kind: 'keyword' },
      { match: /[\w-]+/ },
    ],
  },
  comment,
}
