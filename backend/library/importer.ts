import { type CardReport, type Lorebook } from '#shared/entities.ts'
import { type ImportResult, type OnDuplicate } from '#shared/entities/import.ts'
import { AppError, toAppError } from '../errors.ts'
import { SerialLane } from '../lib/serial-lane.ts'
import { type IncomingFile } from '../media/media-files.ts'
import { type Imported } from './import-card.ts'
import { baseName } from './file-name.ts'
import { importFile, type ImportAs } from './import-file.ts'
import { type LibraryDeps } from './library-deps.ts'
import { openPack, type Pack, type PackedFile } from './pack.ts'

/** An archive of many cards may be this large. */
const MAX_PACK_BYTES = 4 * 1024 ** 3
/** A card with its pictures and sounds. */
export const MAX_CARD_BYTES = 256 * 1024 ** 2

/** A file as it comes in. */
export interface FileToImport {
  readonly name: string
  readonly content: AsyncIterable<Uint8Array>
}

export interface ImportOptions {
  readonly as: ImportAs
  readonly onDuplicate: OnDuplicate
}

/** Takes files in: one after another, however many requests bring them, so that none is larger than memory or there twice. */
export class Importer {
  readonly #deps: LibraryDeps
  readonly #lane = new SerialLane()
  readonly #onDefect: (error: AppError) => void

  /** @param onDefect hears of what is no fault of a file. */
  constructor(deps: LibraryDeps, onDefect: (error: AppError) => void) {
    this.#deps = deps
    this.#onDefect = onDefect
  }

  /**
   * Imports a file, or each file of an archive. One that cannot be imported is a result, too.
   * @throws only what the source throws
   */
  async *import({ name, content }: FileToImport, options: ImportOptions): AsyncGenerator<ImportResult> {
    const { files } = this.#deps.media
    let incoming: IncomingFile
    try {
      incoming = await files.receive(content, { maxBytes: MAX_PACK_BYTES })
    } catch (thrown) {
      if (!(thrown instanceof AppError)) throw thrown
      yield this.#failed(name, thrown)
      return
    }
    await using received = incoming
    yield* this.#received(name, received, options)
  }

  async *#received(
    name: string,
    incoming: IncomingFile,
    options: ImportOptions,
  ): AsyncGenerator<ImportResult> {
    let opened: Pack | undefined
    try {
      const file = await this.#deps.media.files.headAt(incoming.path, 4)
      opened = file && (await openPack(incoming.path, file.head))
    } catch (thrown) {
      yield this.#failed(name, thrown)
      return
    }
    if (opened) {
      await using pack = opened
      for (const file of pack.files) yield* await this.#unpacked(name, file, options)
    } else yield* await this.#one(name, incoming, options)
  }

  async #unpacked(packName: string, file: PackedFile, options: ImportOptions): Promise<ImportResult[]> {
    const name = `${packName}/${file.name}`
    try {
      const source = await file.open()
      await using incoming = await this.#deps.media.files.receive(source, { maxBytes: MAX_CARD_BYTES })
      return await this.#one(name, incoming, options)
    } catch (thrown) {
      return [this.#failed(name, thrown)]
    }
  }

  /** One, but for files that are lists of characters. */
  async #one(name: string, incoming: IncomingFile, options: ImportOptions): Promise<ImportResult[]> {
    try {
      if (incoming.sizeBytes > MAX_CARD_BYTES)
        throw new AppError('invalid', 'The file is larger than 256 MiB')
      const file = { name: baseName(name), incoming }
      const all = await this.#lane.run(() => importFile(this.#deps, file, options))
      return all.map((one) => (one instanceof Error ? this.#failed(name, one) : resultOf(name, one)))
    } catch (thrown) {
      return [this.#failed(name, thrown)]
    }
  }

  #failed(file: string, thrown: unknown): ImportResult {
    const error = toAppError(thrown)
    if (error.httpStatus >= 500) this.#onDefect(error)
    return failureOf(file, error)
  }
}

/** What is told of a file that could not be imported. */
export function failureOf(file: string, { message, code }: AppError): ImportResult {
  return { file, ok: false, outcome: 'failed', report: NOTHING, error: message, code }
}

const NOTHING: CardReport = { repaired: [], ignored: [], kept: [] }

function resultOf(
  file: string,
  { outcome, character, lorebook, report, duplicate_of }: Imported,
): ImportResult {
  return {
    file,
    ok: true,
    outcome,
    ...(character && { character }),
    ...(lorebook && { lorebook: headOf(lorebook) }),
    report,
    ...(duplicate_of !== undefined && { duplicate_of }),
  }
}

function headOf({ entries, ...book }: Lorebook): ImportResult['lorebook'] {
  return { ...book, entry_count: entries.length }
}
