/** Why a file could not be fetched, in a sentence. */
export class DownloadError extends Error {
  override readonly name = 'DownloadError'
  /** Whether trying again would be no use. */
  readonly isFinal: boolean

  constructor(message: string, options: { isFinal: boolean; cause?: unknown }) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined)
    this.isFinal = options.isFinal
  }
}

/** A sentence for people, of whatever was thrown. */
export function downloadSentence(error: unknown): string {
  if (error instanceof DownloadError) return error.message
  const code = codeOf(error)
  const known = code === undefined ? undefined : SENTENCES.get(code)
  if (known !== undefined) return known
  return `The connection broke${code === undefined ? '' : ` (${code})`}; start the download again, it goes on where it was`
}

/** Failures of the disk do not go away by asking the server again. */
export function isFinal(error: unknown): boolean {
  if (error instanceof DownloadError) return error.isFinal
  return DISK_CODES.has(codeOf(error) ?? '')
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined
}

const DISK_CODES: ReadonlySet<string> = new Set(['ENOSPC', 'EACCES', 'EPERM', 'EROFS', 'EDQUOT', 'ENOTDIR', 'EISDIR'])

const SENTENCES: ReadonlyMap<string, string> = new Map([
  ['ENOSPC', 'The disk is full: make room, then start the download again; it goes on where it was'],
  ['EDQUOT', 'Your share of the disk is used up: make room, then start the download again'],
  ['EACCES', 'Troupe may not write into the folder of models: change its permissions, or choose another folder'],
  ['EPERM', 'Troupe may not write into the folder of models: change its permissions, or choose another folder'],
  ['EROFS', 'The folder of models is on a disk that cannot be written to: choose another folder'],
  ['ENOTFOUND', 'The server is not known: check the address, and whether this machine is online'],
  ['EAI_AGAIN', 'The name of the server cannot be looked up: is this machine online?'],
  ['ECONNREFUSED', 'The server does not answer at that address'],
  ['UND_ERR_CONNECT_TIMEOUT', 'The server does not answer at that address'],
  ['UND_ERR_HEADERS_TIMEOUT', 'The server took too long to answer'],
  ['UND_ERR_BODY_TIMEOUT', 'The server stopped sending; start the download again, it goes on where it was'],
])
