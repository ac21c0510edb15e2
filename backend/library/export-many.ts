import { PassThrough, Readable } from 'node:stream'
import { finished } from 'node:stream/promises'
import yazl from 'yazl'
import { AppError } from '../errors.ts'
import { type ExportedFile, type ExportFormat, exportCharacter } from './card-export.ts'
import { FreeNames } from './free-names.ts'
import { type LibraryDeps } from './library-deps.ts'

export interface CharactersToExport {
  readonly ids: readonly string[]
  /** Absent: each as it came, or as a PNG. */
  readonly format: ExportFormat | undefined
  readonly now: Date
}

/** A character that could not be exported, and why. */
interface Missing {
  readonly id: string
  readonly reason: string
}

/** In the archive, if somebody is missing from it. */
const MISSING_FILE = 'not exported.txt'
/** What is packed already does not become smaller. */
const IS_TEXT = /\.(?:json|ya?ml|txt)$/i
const PIECE_BYTES = 256 * 1024

/**
 * Many characters as one ZIP of cards. They are written one after the other, as fast as the receiver takes them, so that
 * no more than one is in memory. Who cannot be exported is named in a file of the archive; the others are there.
 * @throws AppError `not_found` and the like, if not a single one can be exported
 */
export async function exportCharacters(deps: LibraryDeps, asked: CharactersToExport): Promise<Readable> {
  const missing: Missing[] = []
  const cards = cardsOf(deps, asked, missing)
  const first = await cards.next()
  if (first.done) throw nobody(missing)
  const zip = new yazl.ZipFile()
  const content = new PassThrough()
  const leaving = new AbortController()
  content.once('close', () => leaving.abort())
  zip.on('error', (error: Error) => content.destroy(error))
  zip.outputStream.pipe(content)
  const packing = { zip, now: asked.now, names: new FreeNames(), signal: leaving.signal }
  packAll(packing, { first: first.value, cards, missing }).catch((error: unknown) => {
    content.destroy(error instanceof Error ? error : undefined)
  })
  return content
}

async function* cardsOf(
  deps: LibraryDeps,
  { ids, format, now }: CharactersToExport,
  missing: Missing[],
): AsyncGenerator<ExportedFile> {
  for (const id of new Set(ids)) {
    try {
      yield await exportCharacter(deps, { id, format, now })
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      missing.push({ id, reason: error.message })
    }
  }
}

function nobody([first]: readonly Missing[]): AppError {
  return new AppError('not_found', `There is nobody to export: ${first?.reason ?? 'no character was named'}`)
}

interface Packing {
  readonly zip: yazl.ZipFile
  readonly now: Date
  readonly names: FreeNames
  /** Aborts when nobody takes the archive any more. */
  readonly signal: AbortSignal
}

async function packAll(
  packing: Packing,
  { first, cards, missing }: { first: ExportedFile; cards: AsyncIterable<ExportedFile>; missing: Missing[] },
): Promise<void> {
  await pack(packing, first)
  for await (const card of cards) await pack(packing, card)
  if (missing.length > 0) await pack(packing, { fileName: MISSING_FILE, bytes: Buffer.from(listOf(missing)) })
  packing.zip.end()
}

/** Resolves when the receiver has taken it. */
async function pack(
  { zip, now, names, signal }: Packing,
  { fileName, bytes }: Pick<ExportedFile, 'fileName' | 'bytes'>,
): Promise<void> {
  const stream = Readable.from(piecesOf(bytes), { objectMode: false })
  const name = names.free(fileName)
  zip.addReadStream(stream, name, { mtime: now, size: bytes.length, compress: IS_TEXT.test(name) })
  await finished(stream, { signal })
}

function* piecesOf(bytes: Uint8Array): Generator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += PIECE_BYTES) {
    yield bytes.subarray(start, start + PIECE_BYTES)
  }
}

function listOf(missing: readonly Missing[]): string {
  const lines = missing.map(({ id, reason }) => `${id}: ${reason}`)
  return `These characters could not be exported:\n\n${lines.join('\n')}\n`
}
