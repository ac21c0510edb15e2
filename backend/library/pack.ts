import { open as openZip, type Entry, type ZipFile } from 'yauzl'
import { AppError, toAppError } from '../errors.ts'

/** A file inside of an archive. */
export interface PackedFile {
  readonly name: string
  open(): Promise<AsyncIterable<Uint8Array>>
}

/** An archive of several files. Nothing of it has been unpacked. */
export interface Pack extends AsyncDisposable {
  /** Those that may be characters or lorebooks. */
  readonly files: readonly PackedFile[]
}

const MAX_ENTRIES = 10_000
const MAX_UNPACKED_BYTES = 4 * 1024 ** 3
const WANTED = /\.(?:png|apng|json|charx|jpe?g|ya?ml)$/i
const SYMLINK = 0o120000
const FILE_TYPE = 0o170000

/**
 * Opens an archive that holds several cards.
 * @returns undefined if it is none: no ZIP, or a ZIP that is one card itself.
 * @throws AppError `invalid` if it is broken, a bomb, or tries to leave its folder.
 */
export async function openPack(path: string, head: Uint8Array): Promise<Pack | undefined> {
  if (!Buffer.from(head.subarray(0, 4)).equals(Buffer.from('PK\x03\x04'))) return undefined
  const zip = await opened(path)
  try {
    const entries = await entriesOf(zip)
    if (entries.some(({ fileName }) => /^card\.json$/i.test(fileName))) {
      zip.close()
      return undefined
    }
    const files = entries.filter(isWanted).map((entry) => packedFile(zip, entry))
    if (files.length === 0) throw new AppError('invalid', 'The archive holds no character cards')
    return {
      files,
      async [Symbol.asyncDispose]() {
        zip.close()
      },
    }
  } catch (error) {
    zip.close()
    throw error
  }
}

function packedFile(zip: ZipFile, entry: Entry): PackedFile {
  return { name: entry.fileName.split('/').at(-1) ?? entry.fileName, open: () => streamOf(zip, entry) }
}

/** Folders, hidden files and what macOS adds are nobody's characters. */
function isWanted({ fileName, externalFileAttributes }: Entry): boolean {
  const isLink = ((externalFileAttributes >>> 16) & FILE_TYPE) === SYMLINK
  return !isLink && WANTED.test(fileName) && !/(?:^|\/)(?:\.|__MACOSX\/)/.test(fileName)
}

function opened(path: string): Promise<ZipFile> {
  return new Promise((resolve, reject) => {
    // Of names with `..`, absolute ones and those with backslashes yauzl says no by itself.
    openZip(path, { lazyEntries: true, autoClose: false, strictFileNames: true }, (error, zip) => {
      if (error) reject(broken(error))
      else resolve(zip)
    })
  })
}

function entriesOf(zip: ZipFile): Promise<Entry[]> {
  return new Promise((resolve, reject) => {
    const entries: Entry[] = []
    let unpackedBytes = 0
    if (zip.entryCount > MAX_ENTRIES) {
      reject(new AppError('invalid', `The archive holds more than ${MAX_ENTRIES} files; import it in parts`))
      return
    }
    zip.on('entry', (entry: Entry) => {
      entries.push(entry)
      unpackedBytes += entry.uncompressedSize
      if (unpackedBytes <= MAX_UNPACKED_BYTES) zip.readEntry()
      else reject(new AppError('invalid', 'The archive would be larger than 4 GiB when it is unpacked'))
    })
    zip.once('end', () => resolve(entries))
    zip.once('error', (error) => reject(broken(error)))
    zip.readEntry()
  })
}

function streamOf(zip: ZipFile, entry: Entry): Promise<AsyncIterable<Uint8Array>> {
  return new Promise((resolve, reject) => {
    // yauzl sees to it that no more comes out than the entry says.
    zip.openReadStream(entry, (error, stream) => {
      if (error) reject(broken(error))
      else resolve(told(stream))
    })
  })
}

async function* told(stream: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* stream
  } catch (error) {
    throw broken(error)
  }
}

function broken(error: unknown): AppError {
  if (error instanceof AppError) return error
  const reason = error instanceof Error ? error.message : toAppError(error).message
  return new AppError('invalid', `The archive cannot be unpacked: ${reason}`, { cause: error })
}
