/** Citations of the model as annotations of a message. */
import type { Annotation } from '@millrace/protocol'
import type { ModelAnnotation, StreamMappers } from './mappers.ts'

/** The place is the end of what is cited. A file without a name, and a mere file path, is no source that could be shown. */
function defaultAnnotation(annotation: ModelAnnotation): Annotation | undefined {
  switch (annotation.type) {
    case 'url_citation': {
      const { url, title, end_index: index } = annotation
      return { type: 'annotation', source: { type: 'url', url, title }, index }
    }
    case 'file_citation':
      return fileAnnotation(annotation.filename, annotation.index)
    case 'container_file_citation':
      return fileAnnotation(annotation.filename, annotation.end_index)
    default:
      return undefined
  }
}

function fileAnnotation(filename: string, index: number): Annotation | undefined {
  return filename ? { type: 'annotation', source: { type: 'file', filename, title: filename }, index } : undefined
}

/** What is shown of a citation, if anything. */
export async function toAnnotation(citation: unknown, mappers: StreamMappers): Promise<Annotation | undefined> {
  const annotation = readAnnotation(citation)
  return annotation && (mappers.annotation ?? defaultAnnotation)(annotation)
}

export async function toAnnotations(citations: unknown, mappers: StreamMappers): Promise<Annotation[]> {
  // Services that merely resemble OpenAI's leave the list out.
  if (!Array.isArray(citations)) return []
  const annotations = await Promise.all(citations.map((citation: unknown) => toAnnotation(citation, mappers)))
  return annotations.filter((annotation) => annotation !== undefined)
}

type Fields = Partial<Record<string, unknown>>

/** Chat Completions nests a citation's fields under its type; the Responses API does not. */
function readAnnotation(citation: unknown): ModelAnnotation | undefined {
  if (!isObject(citation) || typeof citation.type !== 'string') return undefined
  const nested = citation[citation.type]
  const fields = isObject(nested) ? nested : citation
  switch (citation.type) {
    case 'url_citation':
      return {
        type: 'url_citation',
        url: text(fields.url),
        title: typeof fields.title === 'string' ? fields.title : text(fields.url),
        start_index: number(fields.start_index),
        end_index: number(fields.end_index),
      }
    case 'file_citation':
      return {
        type: 'file_citation',
        file_id: text(fields.file_id),
        filename: text(fields.filename),
        index: number(fields.index),
      }
    case 'container_file_citation':
      return {
        type: 'container_file_citation',
        container_id: text(fields.container_id),
        file_id: text(fields.file_id),
        filename: text(fields.filename),
        start_index: number(fields.start_index),
        end_index: number(fields.end_index),
      }
    case 'file_path':
      return { type: 'file_path', file_id: text(fields.file_id), index: number(fields.index) }
    default:
      return undefined
  }
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function number(value: unknown): number {
  return typeof value === 'number' ? value : 0
}
