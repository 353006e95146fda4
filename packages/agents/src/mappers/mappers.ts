/** The places where an app may put its own mapping of what the model says. */
import type { Annotation } from '@millrace/protocol'

/** A citation as the Responses API gives it. */
export type ModelAnnotation =
  | { type: 'url_citation'; url: string; title: string; start_index: number; end_index: number }
  | { type: 'file_citation'; file_id: string; filename: string; index: number }
  | {
      type: 'container_file_citation'
      container_id: string
      file_id: string
      filename: string
      start_index: number
      end_index: number
    }
  | { type: 'file_path'; file_id: string; index: number }

/** An image that the model made, or one on the way to it. */
export interface ModelImage {
  id: string
  base64: string
  mimeType: string
  /** Its place among the images on the way; absent for the finished one. */
  partialIndex?: number
}

export interface StreamMappers {
  /** What is shown of a citation; undefined drops it. Default: URL and file citations that name their source. */
  annotation?(annotation: ModelAnnotation): Annotation | undefined | Promise<Annotation | undefined>
  /** Where an image can be had: store it and give its address. Default: a data URL. */
  imageUrl?(image: ModelImage): string | Promise<string>
  /** How many images on the way were asked for (`partial_images` of the tool): what progress is counted by. */
  partialImages?: number
}
