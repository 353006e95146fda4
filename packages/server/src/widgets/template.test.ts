import { describe, expect, test } from 'vitest'
import { WidgetTemplate } from './template.ts'

/** A template with one gap, as the value of one prop. */
function fill(gap: string, data: Record<string, unknown> = {}): unknown {
  const template = `{"type":"Card","children":[],"size":${gap}}`
  return new WidgetTemplate({ version: '1.0', name: 'Gap', template }).build(data).size
}

describe('a template', () => {
  test('is filled again and again', () => {
    const file = JSON.stringify({
      version: '1.0',
      name: 'List',
      template:
        '{"type":"ListView","children":[{%- set _c -%}{%-for item in items -%},{"type":"ListViewItem","children":[{"type":"Text","value":{{ (item.label) | tojson }}}]}{%-endfor-%}{%- endset -%}{{- (_c[1:] if _c and _c[0] == \',\' else _c) -}}]}',
      jsonSchema: {},
    })
    const list = new WidgetTemplate(file)
    const labels = (...texts: string[]) => ({
      type: 'ListView',
      children: texts.map((value) => ({ type: 'ListViewItem', children: [{ type: 'Text', value }] })),
    })
    expect(list.build({ items: [{ label: 'a "quoted" <b>' }, { label: 'é' }] })).toEqual(labels('a "quoted" <b>', 'é'))
    expect(list.build({ items: [] })).toEqual(labels())
  })

  test.each<[string, Record<string, unknown>, unknown]>([
    ['{{ ("many" if n > 1 else "one") | tojson }}', { n: 3 }, 'many'],
    ['{{ (a ~ " – " ~ b) | tojson }}', { a: 'é', b: 2 }, 'é – 2'],
    ['{{ names | join(", ") | tojson }}', { names: ['Ann', 'Bo'] }, 'Ann, Bo'],
    ['{% for i in range(1, 4) %}{{ i }}{% endfor %}', {}, 123],
    ['{{ (text[1:3] | upper) | tojson }}', { text: 'abcd' }, 'BC'],
    ['{{ flag | tojson }}', { flag: true }, true],
    ['{{ nothing | tojson }}', { nothing: null }, undefined],
    ['{{ [1, none, 2] | tojson }}', {}, [1, 2]],
    ['{{ [3, 1, 2] | max }}', {}, 3],
    ['{{ prices | sum }}', { prices: [1.5, 2] }, 3.5],
    ['{{ 2.675 | round(1) }}', {}, 2.7],
    ['"{{ 2.5 | round }}"', {}, '2.0'],
    ['{{ (names | map("upper") | list) | tojson }}', { names: ['a', 'b'] }, ['A', 'B']],
    ['{{ ([1, 2, 3] | select("odd") | list) | tojson }}', {}, [1, 3]],
    ['{{ (nope | default) | tojson }}', {}, ''],
    ['{{ ("a<b" | e) | tojson }}', {}, 'a&lt;b'],
    ['{{ ("one two three" | truncate(8, leeway=0)) | tojson }}', {}, 'one...'],
    ['"{{ "%.2f of %s" | format(n, name) }}"', { n: 1.5, name: 'x' }, '1.50 of x'],
    ['"https://a.example/?q={{ q | urlencode }}"', { q: 'a b&(c)' }, 'https://a.example/?q=a%20b%26%28c%29'],
    ['"{{ "yes" if nothing }}"', { nothing: null }, ''],
  ])('understands %s', (gap, data, value) => {
    expect(fill(gap, data)).toEqual(value)
  })

  test.each<[string, Record<string, unknown>, unknown]>([
    ['"{{ flag }}"', { flag: true }, 'True'],
    ['"{{ nothing }}"', { nothing: null }, 'None'],
    ['"{{ 1 ~ true ~ none }}"', {}, '1TrueNone'],
    ['"{{ list }}"', { list: [1, 'it’s', [true]] }, "[1, 'it’s', [True]]"],
    ['"{{ object }}"', { object: { a: 1.5 } }, "{'a': 1.5}"],
  ])('writes values as Python does: %s', (gap, data, value) => {
    expect(fill(gap, data)).toEqual(value)
  })

  test.each([
    ['{{ [] | first | tojson }}', /nothing to filter/],
    ['"{{ [] | first }}"', /not there/],
    ['{{ flag }}', /not JSON/],
  ])('does not write what is no value: %s', (gap, message) => {
    expect(() => fill(gap, { flag: true })).toThrow(message)
  })

  test.each([
    ['{{ nope | tojson }}', {}],
    ['{{ user.nope | tojson }}', { user: {} }],
    ['{{ user.nope.deeper | tojson }}', { user: {} }],
    ['{% for item in nope %}{% endfor %}1', {}],
    ['{% if nope %}1{% else %}2{% endif %}', {}],
    ['{{ undefined_value | tojson }}', { undefined_value: undefined }],
  ])('does not go on without what it needs: %s', (gap, data) => {
    expect(() => fill(gap, data)).toThrow(/Gap can't be filled: `.*` is not there/)
  })

  test.each<[string, Record<string, unknown>, unknown]>([
    ['{{ (nope | default("none")) | tojson }}', {}, 'none'],
    ['{{ (user.nope | default("none")) | tojson }}', { user: {} }, 'none'],
    ['{% if nope is defined and nope %}1{% else %}2{% endif %}', {}, 2],
    ['{% if user.nope is not defined %}1{% endif %}', { user: {} }, 1],
  ])('may ask for what may be missing: %s', (gap, data, value) => {
    expect(fill(gap, data)).toEqual(value)
  })
})

describe('what is refused', () => {
  const template = '{"type":"Card","children":[]}'

  test.each([
    ['no version', { name: 'W', template }, /version is missing/],
    ['another version', { version: '2.0', name: 'W', template }, /version is "2.0"/],
    ['no name', { version: '1.0', template }, /no `name`/],
    ['no template', { version: '1.0', name: 'W' }, /no `template`/],
    ['a template that is none', { version: '1.0', name: 'W', template: '{% if %}' }, /can't be read/],
    ['an unknown filter', { version: '1.0', name: 'W', template: '{{ 1 | nope }}' }, /No filter is named `nope`/],
    ['an unknown test', { version: '1.0', name: 'W', template: '{{ 1 is nope }}' }, /No test is named `nope`/],
    ['a list', [], /not a JSON object/],
  ])('a file with %s', (_what, definition, message) => {
    expect(() => new WidgetTemplate(JSON.stringify(definition))).toThrow(message)
  })

  test.each([
    ['text that is not JSON', '{"type":"Card",', /not JSON/],
    ['a component instead of a root', '{"type":"Text","value":"x"}', /renders to no widget/],
    ['a child without a type', '{"type":"Card","children":[{}]}', /renders to no widget/],
    ['an id that is no text', '{"type":"Card","children":[{"type":"Text","id":5}]}', /renders to no widget/],
    ['a loop that is too long', '{{ range(1000000000) | tojson }}', /at most/],
  ])('a template that renders to %s', (_what, text, message) => {
    const broken = new WidgetTemplate({ version: '1.0', name: 'W', template: text })
    expect(() => broken.build()).toThrow(message)
  })
})
