import fastifyMultipart, { type MultipartFile } from '@fastify/multipart'
import { type FastifyInstance, type FastifyRequest } from 'fastify'
import { AppError } from '../errors.ts'
import { baseName } from '../library/file-name.ts'

/** Files of one request. A whole library is sent in several. */
export const MAX_FILES = 10_000
const MAX_NAME = 500

/** Lets routes of this scope take `multipart/form-data`. */
export async function acceptUploads(app: FastifyInstance): Promise<void> {
  await app.register(fastifyMultipart, {
    // How large a file may be is for each route to say, in its own words.
    limits: { fileSize: Infinity, files: MAX_FILES, fields: 100, parts: MAX_FILES + 100, headerPairs: 100 },
    throwFileSizeLimit: false,
  })
}

export interface Upload {
  /** The last part of its name: what is in front of it is nobody's business. */
  readonly name: string
  readonly content: AsyncIterable<Uint8Array>
}

/**
 * The files of a request, each as it arrives: the next one comes when this one has been read, and what nobody reads is
 * passed over.
 * @throws AppError `bad_message` if it is no multipart request, breaks off or holds too many files.
 */
export async function* uploadsOf(request: FastifyRequest): AsyncGenerator<Upload> {
  if (!request.isMultipart()) throw new AppError('bad_message', 'Send the files as multipart/form-data')
  const { raw } = request
  try {
    for await (const part of request.parts()) {
      if (part.type !== 'file') continue
      yield uploadOf(part)
      part.file.resume()
    }
  } catch (thrown) {
    throw uploadError(thrown)
  } finally {
    // Most clients hear an answer only when they have sent everything: the rest is read, and dropped.
    if (!raw.readableEnded) raw.unpipe().resume()
  }
}

function uploadOf({ filename, file }: MultipartFile): Upload {
  file.on('error', () => {}) // Told to whoever reads it; nobody else is to fall over it.
  // A file that is refused in its middle must not be destroyed: the parts behind it would never come.
  const name =
    baseName(filename ?? '')
      .trim()
      .slice(-MAX_NAME) || 'unnamed'
  return { name, content: file.iterator({ destroyOnReturn: false }) }
}

/** The first file of a request. @throws AppError `bad_message` if there is none. */
export async function withUpload<Result>(
  request: FastifyRequest,
  use: (upload: Upload) => Promise<Result>,
): Promise<Result> {
  for await (const upload of uploadsOf(request)) return await use(upload)
  throw new AppError('bad_message', 'There is no file in the request')
}

/** What breaks a request is the client's to mend. */
export function uploadError(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown
  const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined
  const sentence =
    typeof code === 'string' && code.endsWith('_LIMIT')
      ? `There are too many parts in one request; send at most ${MAX_FILES} files at once`
      : 'The upload broke off or is no valid multipart/form-data; send it again'
  return new AppError('bad_message', sentence, { cause: thrown })
}
