/** The words of a widget that matter to more than the one who draws it; a test compares them with the schemas. */

/** What a widget may start with. */
export const ROOT_TYPES: ReadonlySet<unknown> = new Set(['Card', 'ListView', 'Basic'])

/** Components whose props are known here: their actions have defaults. */
export const COMPONENT_TYPES: ReadonlySet<unknown> = new Set([
  'Badge',
  'Box',
  'Button',
  'Caption',
  'Chart',
  'Checkbox',
  'Col',
  'DatePicker',
  'Divider',
  'Form',
  'Icon',
  'Image',
  'Input',
  'Label',
  'ListViewItem',
  'Markdown',
  'RadioGroup',
  'Row',
  'Select',
  'Spacer',
  'Text',
  'Textarea',
  'Title',
  'Transition',
])

/** Props that hold an action. */
export const ACTION_PROPS: ReadonlySet<string> = new Set(['onClickAction', 'onChangeAction', 'onSubmitAction'])
