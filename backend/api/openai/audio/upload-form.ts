import { type FastifyRequest } from 'fastify'
import { uploadError } from '../../uploads.ts'
import { BadRequest } from '../errors.ts'

/** As OpenAI has it. */
export const MAX_FILE_BYTES = 25 * 1024 * 1024

export interface UploadForm {
  readonly file: { readonly name: string; readonly bytes: Buffer<ArrayBuffer> } | undefined
  /** Some come more than once, and some with brackets behind their name, which are left out. */
  readonly fields: ReadonlyMap<string, readonly string[]>
}

/** A form with one file. @throws BadRequest if it is none, or its file is too large (413). */
export async function readForm(request: FastifyRequest): Promise<UploadForm> {
  if (!request.isMultipart()) {
    throw new BadRequest('Send the recording as multipart/form-data, in the field "file"', { param: 'file' })
  }
  const fields = new Map<string, string[]>()
  let file: UploadForm['file']
  try {
    for await (const part of request.parts()) {
      if (part.type === 'file') {
        const bytes = await bytesOf(part.file)
        if (part.fieldname === 'file') file = { name: part.filename ?? '', bytes }
        continue
      }
      const name = part.fieldname.replace(/\[\]$/u, '')
      fields.set(name, [...(fields.get(name) ?? []), String(part.value)])
    }
  } catch (thrown) {
    throw uploadError(thrown)
  } finally {
    // Most clients hear an answer only when they have sent everything: the rest is read, and dropped.
    if (!request.raw.readableEnded) request.raw.unpipe().resume()
  }
  return { file, fields }
}

async function bytesOf(stream: AsyncIterable<Uint8Array>): Promise<Buffer<ArrayBuffer>> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of stream) {
    size += chunk.length
    if (size > MAX_FILE_BYTES) {
      throw new BadRequest('The recording is larger than 25 MB: send it in pieces', {
        param: 'file',
        status: 413,
      })
    }
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
