import type { Grammar } from '../grammar.ts'
import { words } from '../rules.ts'

export const grammar: Grammar = {
  main: {
    rules: [
      { match: /(?<=^|[\s;|&(])#.*/, kind: 'comment' },
      { match: /"/, kind: 'string', enter: 'double' },
      { match: /'/, kind: 'string', enter: 'single' },
      { match: /\\./ },
      { match: /\$(?:\w+|\{[^}]*\}|[?!#@*$-])/, kind: 'variable' },
      words(
        'keyword',
        'case do done elif else esac export fi for function if in local readonly return select set then until while',
      ),
      { match: /(?<=\s)--?[A-Za-z][\w-]*/, kind: 'attribute' },
      { match: /(?<=^\s*|[|;&(]\s*|\$\(\s*)[A-Za-z_][\w.-]*(?![\w=.-])/, kind: 'function' },
      { match: /(?<=^|\s)\d+(?=\s|$)/, kind: 'number' },
      { match: /[\w.-]+/ },
    ],
  },
  double: {
    kind: 'string',
    rules: [{ match: /\\./ }, { match: /\$(?:\w+|\{[^}]*\})/, kind: 'variable' }, { match: /"/, leave: true }],
  },
  single: { kind: 'string', rules: [{ match: /'/, leave: true }] },
}
