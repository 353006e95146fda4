/** The components that are known here and their props besides `type`, `key` and `id`; a test compares it with the schemas. */

const text = 'value color weight textAlign truncate maxLines size'
const bounds = 'minHeight minWidth minSize maxHeight maxWidth maxSize aspectRatio flex height width size'
const box = `children ${bounds} align justify wrap gap padding margin border radius background`
const control = 'name disabled variant size'
const typing = `${control} defaultValue required pattern placeholder allowAutofillExtensions autoSelect autoFocus gutterSize`
const picking = `${control} onChangeAction placeholder defaultValue pill block clearable`

const COMPONENT_PROPS: Readonly<Record<string, string>> = {
  Badge: 'label color variant pill size',
  Box: `${box} direction`,
  Button:
    'submit label onClickAction iconStart iconEnd iconSize style color variant size pill block uniform disabled',
  Caption: text,
  Chart: `${bounds} data series xAxis showYAxis showLegend showTooltip barGap barCategoryGap`,
  Checkbox: 'name disabled onChangeAction label defaultChecked required',
  Col: box,
  DatePicker: `${picking} min max side align`,
  Divider: 'color size spacing flush',
  Form: `${box} direction onSubmitAction`,
  Icon: 'name color size',
  Image: `${bounds} src alt fit position radius frame flush margin background`,
  Input: `${typing} inputType pill`,
  Label: 'value fieldName color weight textAlign size',
  ListViewItem: 'children onClickAction gap align',
  Markdown: 'value streaming',
  RadioGroup: 'name disabled onChangeAction options ariaLabel defaultValue direction required',
  Row: box,
  Select: `${picking} options searchable`,
  Spacer: 'minSize',
  Text: `${text} streaming italic lineThrough width minLines editable`,
  Textarea: `${typing} rows maxRows autoResize`,
  Title: text,
  Transition: 'children',
}

/** Props of a known component by its type; absent for a type that isn't known. */
export const knownProps: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  Object.entries(COMPONENT_PROPS).map(([type, props]) => [type, new Set(['type', 'key', 'id', ...props.split(' ')])]),
)

/** Props that hold an action. */
export const ACTION_PROPS: ReadonlySet<string> = new Set(['onClickAction', 'onChangeAction', 'onSubmitAction'])

/** What a widget may start with. */
export const ROOT_TYPES: ReadonlySet<string> = new Set(['Card', 'ListView', 'Basic'])
