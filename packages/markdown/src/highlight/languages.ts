import { followGrammar, type Grammar, type Rule } from './grammar.ts'
import type { Highlighter, TokenKind } from './highlighter.ts'

const NUMBER: Rule = {
  match: /\b(?:0[xX][\da-fA-F_]+|0[bB][01_]+|0[oO][0-7_]+|\d[\d_]*(?:\.\d[\d_]*)?(?:[eE][+-]?\d+)?)\w*/,
  kind: 'number',
}
const DOUBLE: Rule = { match: /"(?:[^"\\]|\\.)*"?/, kind: 'string' }
const SINGLE: Rule = { match: /'(?:[^'\\]|\\.)*'?/, kind: 'string' }
const LINE_COMMENT: Rule = { match: /\/\/.*/, kind: 'comment' }
const BLOCK_COMMENT: Rule = { match: /\/\*/, kind: 'comment', enter: 'comment' }
const CALL: Rule = { match: /[A-Za-z_$][\w$]*(?=\s*\()/, kind: 'function' }
const TYPE: Rule = { match: /\b[A-Z][\w$]*/, kind: 'type' }
/** Takes whole words, so that none is matched from its middle. */
const WORD: Rule = { match: /[A-Za-z_$][\w$]*/ }

const comment: Grammar[string] = { kind: 'comment', rules: [{ match: /\*\//, leave: true }] }

function words(kind: TokenKind, list: string, flags = ''): Rule {
  return { match: new RegExp(`\\b(?:${list.replaceAll(' ', '|')})\\b(?!\\$)`, flags), kind }
}

const javascript: Grammar = {
  main: {
    rules: [
      LINE_COMMENT,
      BLOCK_COMMENT,
      DOUBLE,
      SINGLE,
      { match: /`/, kind: 'string', enter: 'template' },
      {
        match: /(?<=(?:^|[=(,:;!&|?{}[]|\breturn)\s*)\/(?![*/])(?:[^/\\[]|\\.|\[(?:[^\]\\]|\\.)*\])+\/[a-z]*/,
        kind: 'string',
      },
      { match: /@[A-Za-z_][\w.]*/, kind: 'meta' },
      { match: /(?<=\.)[A-Za-z_$][\w$]*(?!\s*\(|[\w$])/, kind: 'property' },
      words(
        'keyword',
        'abstract as asserts async await break case catch class const continue debugger declare default delete do else ' +
          'enum export extends finally for from function get if implements import in infer instanceof interface is ' +
          'keyof let namespace new of override private protected public readonly return satisfies set static switch ' +
          'throw try type typeof var while with yield',
      ),
      words('literal', 'true false null undefined NaN Infinity this super'),
      words('type', 'any bigint boolean never number object string symbol unknown void'),
      NUMBER,
      CALL,
      TYPE,
      WORD,
      { match: /\{/, enter: 'main' },
      { match: /\}/, leave: true },
    ],
  },
  comment,
  template: {
    kind: 'string',
    rules: [{ match: /\\./ }, { match: /\$\{/, kind: 'meta', enter: 'main' }, { match: /`/, leave: true }],
  },
}

const python: Grammar = {
  main: {
    rules: [
      { match: /#.*/, kind: 'comment' },
      { match: /\b[rbfuRBFU]{0,2}"""|"""/, kind: 'string', enter: 'double' },
      { match: /\b[rbfuRBFU]{0,2}'''|'''/, kind: 'string', enter: 'single' },
      {
        match: /\b[rbfuRBFU]{0,2}(?:"(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?)|"(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?/,
        kind: 'string',
      },
      { match: /^\s*@[\w.]+/, kind: 'meta' },
      words(
        'keyword',
        'and as assert async await break case class continue def del elif else except finally for from global if import ' +
          'in is lambda match nonlocal not or pass raise return try while with yield',
      ),
      words('literal', 'True False None self cls'),
      words('type', 'bool bytes dict float int list object set str tuple'),
      NUMBER,
      CALL,
      TYPE,
      WORD,
    ],
  },
  double: { kind: 'string', rules: [{ match: /\\./ }, { match: /"""/, leave: true }] },
  single: { kind: 'string', rules: [{ match: /\\./ }, { match: /'''/, leave: true }] },
}

const json: Grammar = {
  main: {
    rules: [
      { match: /"(?:[^"\\]|\\.)*"(?=\s*:)/, kind: 'property' },
      DOUBLE,
      LINE_COMMENT,
      BLOCK_COMMENT,
      words('literal', 'true false null'),
      { match: /-?\b\d[\d.]*(?:[eE][+-]?\d+)?/, kind: 'number' },
    ],
  },
  comment,
}

const bash: Grammar = {
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

const html: Grammar = {
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

const css: Grammar = {
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

const sql: Grammar = {
  main: {
    rules: [
      { match: /--.*/, kind: 'comment' },
      BLOCK_COMMENT,
      { match: /'/, kind: 'string', enter: 'single' },
      { match: /"[^"]*"?|`[^`]*`?/, kind: 'property' },
      words(
        'keyword',
        'add all alter and as asc begin between by cascade case check column commit conflict constraint create cross ' +
          'default delete desc distinct do drop else end except exists foreign from full group having if in index inner ' +
          'insert intersect interval into is join key left like limit not nothing offset on or order outer over partition ' +
          'primary references returning right rollback select set table then to transaction trigger union unique update ' +
          'using values view when where window with',
        'i',
      ),
      words('literal', 'true false null', 'i'),
      words(
        'type',
        'bigint boolean char date decimal integer json jsonb numeric real serial text timestamp timestamptz uuid varchar',
        'i',
      ),
      NUMBER,
      CALL,
      WORD,
    ],
  },
  single: { kind: 'string', rules: [{ match: /''/ }, { match: /'/, leave: true }] },
  comment,
}

/** What the languages of C's family have in common. */
const cLike: Grammar = {
  main: {
    rules: [
      LINE_COMMENT,
      BLOCK_COMMENT,
      DOUBLE,
      { match: /'(?:[^'\\]|\\.[^']*)'/, kind: 'string' },
      { match: /`/, kind: 'string', enter: 'raw' },
      { match: /^\s*#\s*\w+|#!?\[[^\]]*\]|@[A-Za-z_]\w*/, kind: 'meta' },
      words(
        'keyword',
        'abstract as async await break case catch chan class const constexpr continue crate default defer delete do dyn ' +
          'else enum explicit export extends extern final finally fn for foreach friend fun func go goto guard if impl ' +
          'implements import in inline instanceof interface internal is let loop map match mod move mut namespace new ' +
          'operator out override package private protected protocol pub public range ref register return sealed select ' +
          'sizeof static struct super switch template throw throws trait try type typedef typename union unsafe use using ' +
          'val var virtual volatile when where while yield',
      ),
      words('literal', 'true false null nil nullptr None self this iota'),
      words(
        'type',
        'bool byte char double error f32 f64 float i8 i16 i32 i64 int int32 int64 isize long short signed size_t str ' +
          'string u8 u16 u32 u64 uint unsigned usize void',
      ),
      NUMBER,
      CALL,
      TYPE,
      WORD,
    ],
  },
  comment,
  raw: { kind: 'string', rules: [{ match: /`/, leave: true }] },
}

const GRAMMARS: [names: string, grammar: Grammar][] = [
  ['javascript js jsx mjs cjs typescript ts tsx mts cts', javascript],
  ['python py', python],
  ['json jsonc json5 jsonl', json],
  ['bash sh shell zsh console', bash],
  ['html xml svg vue svelte', html],
  ['css scss less', css],
  ['sql postgresql mysql sqlite', sql],
  ['c cpp c++ cs csharp go java kotlin kt rust rs swift dart scala', cLike],
]

const highlighters = new Map<Grammar, Highlighter>()

/** The highlighter for a language named as behind a fence; each is compiled when it is first asked for. */
export function highlighterFor(language: string): Highlighter | undefined {
  const grammar = GRAMMARS.find(([names]) => names.split(' ').includes(language))?.[1]
  if (!grammar) return undefined
  const highlighter = highlighters.get(grammar) ?? followGrammar(grammar)
  highlighters.set(grammar, highlighter)
  return highlighter
}
