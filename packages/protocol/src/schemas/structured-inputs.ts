/** Questions that the assistant asks by a form, and the answers to them. */
import * as z from 'zod'
import { laxBoolean, optional, wireObject } from './fields.ts'

const answer = { values: z.array(z.string()).default([]), skipped: laxBoolean.default(false) }

export const StructuredInputAnswerSchema = wireObject(answer)
export type StructuredInputAnswer = z.infer<typeof StructuredInputAnswerSchema>

export const StructuredInputMultipleChoiceOptionSchema = wireObject({ value: z.string() })
export type StructuredInputMultipleChoiceOption = z.infer<typeof StructuredInputMultipleChoiceOptionSchema>

const question = { id: z.string(), question: z.string(), answer: optional(StructuredInputAnswerSchema) }

export const StructuredInputMultipleChoiceSchema = wireObject({
  type: z.literal('multiple_choice'),
  ...question,
  options: z.array(StructuredInputMultipleChoiceOptionSchema),
  multiple: laxBoolean.default(false),
})
export type StructuredInputMultipleChoice = z.infer<typeof StructuredInputMultipleChoiceSchema>

export const StructuredInputFreeformSchema = wireObject({
  type: z.literal('freeform'),
  ...question,
  description: optional(z.string()),
})
export type StructuredInputFreeform = z.infer<typeof StructuredInputFreeformSchema>

export const StructuredInputSchema = z.discriminatedUnion('type', [
  StructuredInputMultipleChoiceSchema,
  StructuredInputFreeformSchema,
])
export type StructuredInput = z.infer<typeof StructuredInputSchema>

export const StructuredInputAnswerSubmissionSchema = wireObject(answer)
export type StructuredInputAnswerSubmission = z.infer<typeof StructuredInputAnswerSubmissionSchema>

export const StructuredInputSubmissionSchema = wireObject({
  status: z.enum(['answered', 'skipped']).default('answered'),
  /** By the id of the question. */
  answers: z.record(z.string(), StructuredInputAnswerSubmissionSchema).default({}),
})
export type StructuredInputSubmission = z.infer<typeof StructuredInputSubmissionSchema>
