import type { Grammar } from '../grammar.ts'
import { BLOCK_COMMENT, CALL, comment, DOUBLE, LINE_COMMENT, NUMBER, TYPE, WORD, words } from '../rules.ts'

/** What the languages of C's family have in common. */
export const grammar: Grammar = {
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
