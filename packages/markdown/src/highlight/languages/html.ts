import type { Grammar } from '../grammar.ts'

export const grammar: Grammar = {
  main: {
    rules: [
      { match: /<!--/, kind: 'comment', enter: 'comment' },
      { match: /<![^>]*>?/, kind: 'meta' },
      { match: /<\/?[A-Za-z][\w:.-]*/, kind: 'tag', enter: 'tag' },
      { match: /&#?\w+;/, kind: 'literal' },
    ],
  },
  comment: { kind: 'comment', rules: [{ match: /-->/, leave: true }] },
  tag: {
    rules: [
      { match: /\/?>/, kind: 'tag', leave: true },
      { match: /"/, kind: 'string', enter: 'double' },
      { match: /'/, kind: 'string', enter: 'single' },
      { match: /[^\s"'<>=/]+/, kind: 'attribute' },
    ],
  },
  double: { kind: 'string', rules: [{ match: /"/, leave: true }] },
  single: { kind: 'string', rules: [{ match: /'/, leave: true }] },
}
