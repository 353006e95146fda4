/** The chart component and its series. */
import * as z from 'zod'
import { laxBoolean, optional, wireObject } from '../fields.ts'
import { bounds, color, named, wholeSize } from './values.ts'

const series = { label: z.nullable(z.string()), dataKey: z.string(), color: optional(color) }
const stack = optional(z.string())
const curveType = optional(
  z.enum([
    'basis',
    'basisClosed',
    'basisOpen',
    'bumpX',
    'bumpY',
    'bump',
    'linear',
    'linearClosed',
    'natural',
    'monotoneX',
    'monotoneY',
    'monotone',
    'step',
    'stepBefore',
    'stepAfter',
  ]),
)

export const BarSeriesSchema = wireObject({ type: z.literal('bar'), ...series, stack })
export type BarSeries = z.infer<typeof BarSeriesSchema>

export const AreaSeriesSchema = wireObject({ type: z.literal('area'), ...series, stack, curveType })
export type AreaSeries = z.infer<typeof AreaSeriesSchema>

export const LineSeriesSchema = wireObject({ type: z.literal('line'), ...series, curveType })
export type LineSeries = z.infer<typeof LineSeriesSchema>

export const XAxisConfigSchema = wireObject({
  dataKey: z.string(),
  hide: z.optional(laxBoolean),
  labels: z.optional(z.record(z.string(), z.string())),
})
export type XAxisConfig = z.infer<typeof XAxisConfigSchema>

export const ChartSchema = wireObject({
  type: z.literal('Chart'),
  ...named,
  ...bounds,
  ...wholeSize,
  data: z.array(z.record(z.string(), z.union([z.string(), z.int(), z.number()]))),
  series: z.array(z.discriminatedUnion('type', [BarSeriesSchema, AreaSeriesSchema, LineSeriesSchema])),
  xAxis: z.union([z.string(), XAxisConfigSchema]),
  showYAxis: optional(laxBoolean),
  showLegend: optional(laxBoolean),
  showTooltip: optional(laxBoolean),
  barGap: optional(z.int()),
  barCategoryGap: optional(z.int()),
})
export type Chart = z.infer<typeof ChartSchema>
