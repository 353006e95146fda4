/**
 * How far apart the two ends of an inline construct may be, in UTF-16 units; what is longer is text. So the part of a
 * paragraph that can still change is bounded, and with it the cost of adding to it. The parser shows no more of the text
 * to what reads a construct.
 */
export const MAX_REACH = 8192

/** The text ends before it is clear whether the construct is there: ask again when more has come. */
export const MORE = Symbol('more')

/** What a scan of the text gives: the construct and where it ends, nothing, or `MORE`. */
export type Found<T> = (T & { end: number }) | typeof MORE | undefined

/** The match of a sticky expression at `at`. */
export function matchAt(sticky: RegExp, text: string, at: number): RegExpExecArray | undefined {
  sticky.lastIndex = at
  return sticky.exec(text) ?? undefined
}
