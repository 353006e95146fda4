/* The examples of GFM 0.29 that we show differently, each with what is shown. */
import { BARE_LINKS, RAW_HTML, SCHEMES } from './departures.ts'

type Shown = ReadonlyMap<number, string>

/** The numbers of examples that CommonMark 0.31.2 has, too, with its number for them. */
function sameAs(known: Shown, numbers: readonly [gfm: number, commonmark: number][]): Shown {
  return new Map(numbers.map(([gfm, commonmark]) => [gfm, known.get(commonmark) ?? '']))
}

/** Raw HTML is text. The last three are not in CommonMark: two are no comments by the rules of 2019, one is filtered there. */
export const GFM_RAW_HTML: Shown = new Map([
  ...sameAs(RAW_HTML, [
    [118, 148],
    [119, 149],
    [120, 150],
    [121, 151],
    [122, 152],
    [123, 153],
    [124, 154],
    [125, 155],
    [126, 156],
    [127, 157],
    [128, 158],
    [129, 159],
    [130, 160],
    [131, 161],
    [132, 162],
    [133, 163],
    [134, 164],
    [135, 165],
    [136, 166],
    [137, 167],
    [138, 168],
    [139, 169],
    [140, 170],
    [141, 172],
    [142, 173],
    [143, 174],
    [144, 175],
    [145, 176],
    [146, 177],
    [147, 178],
    [149, 180],
    [150, 181],
    [151, 182],
    [152, 183],
    [153, 184],
    [154, 185],
    [155, 186],
    [156, 187],
    [157, 188],
    [158, 189],
    [159, 190],
    [160, 191],
    [170, 201],
    [317, 21],
    [327, 31],
    [354, 344],
    [484, 475],
    [485, 476],
    [486, 477],
    [501, 491],
    [504, 494],
    [533, 524],
    [545, 536],
    [636, 613],
    [637, 614],
    [638, 615],
    [639, 616],
    [640, 617],
    [646, 623],
    [651, 627],
    [652, 628],
    [653, 629],
    [654, 630],
    [655, 631],
    [667, 642],
    [668, 643],
  ]),
  [649, '<p>foo</p>'],
  [650, '<p>foo foo --></p><p>foo</p>'],
  [
    657,
    '<p>&lt;strong> &lt;title> &lt;style> &lt;em></p><p class="raw-html">&lt;blockquote> &lt;xmp> is disallowed. &lt;XMP> is also disallowed. &lt;/blockquote></p>',
  ],
])

/** Links with a scheme that is not allowed are text; `mailto:` and `xmpp:` in front of a bare address are no part of it. */
export const GFM_SCHEMES: Shown = new Map([
  ...sameAs(SCHEMES, [
    [605, 596],
    [607, 598],
    [608, 599],
    [610, 601],
  ]),
  [
    633,
    '<p>mailto:<a href="mailto:foo@bar.baz">foo@bar.baz</a></p><p>mailto:<a href="mailto:a.b-c_d@a.b">a.b-c_d@a.b</a></p><p>mailto:<a href="mailto:a.b-c_d@a.b">a.b-c_d@a.b</a>.</p><p>mailto:<a href="mailto:a.b-c_d@a.b">a.b-c_d@a.b</a>/</p><p>mailto:a.b-c_d@a.b-</p><p>mailto:a.b-c_d@a.b_</p><p>xmpp:<a href="mailto:foo@bar.baz">foo@bar.baz</a></p><p>xmpp:<a href="mailto:foo@bar.baz">foo@bar.baz</a>.</p>',
  ],
  [
    634,
    '<p>xmpp:<a href="mailto:foo@bar.baz">foo@bar.baz</a>/txt</p><p>xmpp:<a href="mailto:foo@bar.baz">foo@bar.baz</a>/txt@bin</p><p>xmpp:<a href="mailto:foo@bar.baz">foo@bar.baz</a>/<a href="mailto:txt@bin.com">txt@bin.com</a></p>',
  ],
  [635, '<p>xmpp:<a href="mailto:foo@bar.baz">foo@bar.baz</a>/txt/bin</p>'],
])

/** Bare addresses are links in every chapter, as GFM's renderer has it. */
export const GFM_BARE_LINKS: Shown = new Map([
  ...sameAs(BARE_LINKS, [
    [615, 606],
    [621, 612],
  ]),
  [611, '<p>&lt;<a href="http://foo.bar/baz">http://foo.bar/baz</a> bim></p>'],
  [617, '<p>&lt; <a href="http://foo.bar">http://foo.bar</a> ></p>'],
  [620, '<p><a href="http://example.com">http://example.com</a></p>'],
])

/** A single tilde strikes nothing: models write `~5`. */
export const GFM_SINGLE_TILDES: Shown = new Map([[491, '<p><del>Hi</del> Hello, ~there~ world!</p>']])
