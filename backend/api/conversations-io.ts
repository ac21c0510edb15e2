import { PassThrough, Readable } from 'node:stream'
import { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { z } from 'zod'
import yazl from 'yazl'
import { type ChangeListener } from '../crud/changes.ts'
import { AppError } from '../errors.ts'
import { type Clock } from '../lib/clock.ts'
import { exportBranches } from '../library/chat-branches.ts'
import { CHAT_FORMATS, type ExportedChat, exportChat } from '../library/chat-export.ts'
import {
  type ChatImported,
  type ChatImportOptions,
  importChats,
  importOptions,
} from '../library/chat-import.ts'
import { contentDisposition, fileNameOf } from '../library/file-name.ts'
import { type MediaLibrary } from '../media/media-library.ts'
import { type Store } from '../store/contract.ts'
import { type Upload, uploadsOf } from './uploads.ts'

/** Years of chat with pictures in it; no film. */
const MAX_CHAT_BYTES = 2 * 1024 * 1024 * 1024
/** Small pieces are sent together. */
const PIECE_CHARACTERS = 64 * 1024

const ImportQuery = z.object({
  character_id: z.string().max(200).optional(),
  on_duplicate: z.string().max(20).optional(),
})
const ExportParams = z.object({ conversation_id: z.string().min(1).max(200) })
const ExportQuery = z.object({
  format: z.enum(CHAT_FORMATS).default('jsonl'),
  branches: z.enum(['0', '1']).default('0'),
})

export interface ConversationsIoDeps {
  readonly store: Store
  readonly media: MediaLibrary
  readonly clock: Clock
  readonly publish: ChangeListener
}

/**
 * `POST /api/conversations/import` (multipart, files of chats) → `[{ file, ok, conversation?, report?, … }]`, or with
 * `Accept: application/x-ndjson` each of these as a line of its own once it is done.
 * `GET /api/conversations/:id/export?format=jsonl|json|md`; with `branches=1` a ZIP, if there are branches.
 */
export function registerConversationsIo(app: FastifyInstance, deps: ConversationsIoDeps): void {
  app.post('/api/conversations/import', async (request, reply) => {
    const query = ImportQuery.safeParse(request.query)
    if (!query.success) throw new AppError('invalid', 'Say character_id and on_duplicate once, or not at all')
    const results = received(deps, request, importOptions(query.data))
    if (request.headers.accept?.includes('application/x-ndjson')) {
      return await reply.type('application/x-ndjson').send(Readable.from(linesOf(results)))
    }
    const all: ChatImported[] = []
    for await (const result of results) all.push(result)
    if (all.length === 0) throw new AppError('bad_message', 'There is no file in the request')
    return await reply.send(all)
  })
  app.get('/api/conversations/:conversation_id/export', async ({ params, query }, reply) => {
    const { conversation_id: id } = ExportParams.parse(params)
    const asked = ExportQuery.safeParse(query)
    if (!asked.success) throw new AppError('invalid', `Say format=${CHAT_FORMATS.join(', format=')}`)
    const { format, branches } = asked.data
    const withBranches = branches === '1' && format === 'jsonl'
    const files = withBranches
      ? await exportBranches(deps.store, id)
      : [await exportChat(deps.store, id, format)]
    return await sendFiles(reply, files)
  })
}

/** One file after the other, so that no more than one lies here unread. */
async function* received(
  deps: ConversationsIoDeps,
  request: FastifyRequest,
  options: ChatImportOptions,
): AsyncGenerator<ChatImported> {
  for await (const upload of uploadsOf(request)) yield* take(deps, upload, options)
}

async function* take(
  deps: ConversationsIoDeps,
  { name, content }: Upload,
  options: ChatImportOptions,
): AsyncGenerator<ChatImported> {
  const incoming = await deps.media.files.receive(content, { maxBytes: MAX_CHAT_BYTES })
  try {
    const { path, hash } = incoming
    const file = { name, path, hash, keep: () => incoming.keep() }
    for await (const result of importChats(deps, file, options)) {
      const { conversation, duplicate_of } = result
      if (conversation && duplicate_of === undefined) {
        deps.publish({ type: 'conversation_created', data: conversation }, undefined)
      }
      yield result
    }
  } finally {
    await incoming[Symbol.asyncDispose]()
  }
}

async function* linesOf(results: AsyncIterable<ChatImported>): AsyncGenerator<string> {
  for await (const result of results) yield `${JSON.stringify(result)}\n`
}

function sendFiles(reply: FastifyReply, files: readonly ExportedChat[]): FastifyReply {
  const [first, ...others] = files
  if (!first) throw new AppError('internal', 'There is nothing to send')
  void reply.header('x-content-type-options', 'nosniff')
  if (others.length === 0) {
    void reply.header('content-disposition', contentDisposition(first.fileName))
    return reply.type(first.type).send(Readable.from(inPieces(first.content), { objectMode: false }))
  }
  const zip = new yazl.ZipFile()
  for (const { fileName, content } of files) {
    const pieces = Readable.from(inPieces(content), { objectMode: false })
    pieces.once('error', (error) => zip.emit('error', error))
    zip.addReadStream(pieces, fileName)
  }
  zip.end()
  const content = new PassThrough()
  zip.on('error', (error: Error) => content.destroy(error))
  const name = fileNameOf(first.fileName.replace(/\.jsonl$/u, ''), 'zip')
  void reply.header('content-disposition', contentDisposition(name))
  return reply.type('application/zip').send(zip.outputStream.pipe(content))
}

/** The same text and bytes in larger pieces. */
async function* inPieces(parts: AsyncIterable<string | Uint8Array>): AsyncGenerator<Buffer> {
  let collected: Buffer[] = []
  let length = 0
  for await (const part of parts) {
    const bytes =
      typeof part === 'string' ? Buffer.from(part) : Buffer.from(part.buffer, part.byteOffset, part.length)
    collected.push(bytes)
    length += bytes.length
    if (length < PIECE_CHARACTERS) continue
    yield Buffer.concat(collected)
    collected = []
    length = 0
  }
  if (length > 0) yield Buffer.concat(collected)
}
