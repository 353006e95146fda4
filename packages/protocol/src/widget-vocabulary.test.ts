import { expect, test } from 'vitest'
import { KnownWidgetComponentSchema } from './schemas/widgets/components.ts'
import { ACTION_PROPS, COMPONENT_TYPES } from './widget-vocabulary.ts'

const shapes = KnownWidgetComponentSchema.options.map((option) => option.in.shape)

test('the known components are those of the schemas', () => {
  expect([...COMPONENT_TYPES].sort()).toEqual(shapes.map(({ type }) => type.value).sort())
})

test('the props that hold actions are those of the schemas', () => {
  const props = new Set(shapes.flatMap((shape) => Object.keys(shape).filter((key) => key.endsWith('Action'))))
  expect([...ACTION_PROPS].sort()).toEqual([...props].sort())
})
