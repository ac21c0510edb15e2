import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, open, statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import { type Dispatcher } from 'undici'
import { type AnswerPlan, planOf } from './answer-plan.ts'
import { arrivals } from './arrivals.ts'
import { DownloadError } from './download-error.ts'
import { type Followed, follow } from './follow.ts'
import { PartFile } from './part-file.ts'
import { type WantedFile } from './source.ts'

export interface Transfer {
  readonly file: WantedFile
  readonly authorization: string | undefined
  readonly dispatcher: Dispatcher
  readonly onProgress: (doneBytes: number, totalBytes: number | undefined) => void
}

/** Never filled up for a model: the database is on the same disk. */
const RESERVE_BYTES = 256 * 1024 * 1024
/** What comes without a length is measured against the disk this often. */
const CHECK_EVERY_BYTES = 64 * 1024 * 1024
const MAGIC = Buffer.from('GGUF')

/**
 * Fetches one file into its `.part` file, going on where it was left. Checked is what the server says of it: its
 * length, and its hash where it tells one.
 * @throws DownloadError; what the connection or the file system throws; the signal's reason.
 */
export async function transfer(work: Transfer, signal: AbortSignal): Promise<PartFile> {
  const part = new PartFile(work.file.path)
  await mkdir(dirname(part.path), { recursive: true })
  const { followed, plan } = await ask(work, part, signal)
  if (plan.type === 'write') await receive({ ...work, part, followed, plan }, signal)
  else await followed.answer.body.dump()
  await checkHash(part, followed.linkedEtag, signal)
  return part
}

/** At most twice: what we have may turn out to be of another file. */
async function ask(
  { file, authorization, dispatcher }: Transfer,
  part: PartFile,
  signal: AbortSignal,
): Promise<{ followed: Followed; plan: Exclude<AnswerPlan, { type: 'restart' }> }> {
  const have = await part.resumable(file.url)
  const resuming = have ? { range: `bytes=${have.bytes}-`, 'if-range': have.validator } : {}
  const question = { url: file.url, authorization, headers: { ...HEADERS, ...resuming } }
  const followed = await follow(question, dispatcher, signal)
  const plan = await planned(followed, have?.bytes ?? 0)
  if (plan.type !== 'restart') return { followed, plan }
  await followed.answer.body.dump()
  await part.discard()
  if (!have) throw new DownloadError('The server does not answer what it was asked', { isFinal: true })
  return ask({ file, authorization, dispatcher, onProgress: () => {} }, part, signal)
}

const HEADERS = { 'accept-encoding': 'identity', accept: '*/*', 'user-agent': 'troupe' }

async function planned({ answer }: Followed, haveBytes: number): Promise<AnswerPlan> {
  try {
    return planOf(answer, haveBytes)
  } catch (error) {
    answer.body.destroy()
    answer.body.on('error', () => {})
    throw error
  }
}

interface Receipt extends Transfer {
  readonly part: PartFile
  readonly followed: Followed
  readonly plan: Extract<AnswerPlan, { type: 'write' }>
}

async function receive(receipt: Receipt, signal: AbortSignal): Promise<void> {
  const { part, plan, file, followed, onProgress } = receipt
  const { startBytes, totalBytes, validator } = plan
  const { body } = followed.answer
  const arriving = arrivals(body)
  try {
    await checkRoom(part.path, (totalBytes ?? startBytes) - startBytes)
    await part.note(file.url, validator)
    await using handle = await open(part.path, startBytes === 0 ? 'w' : 'r+')
    onProgress(startBytes, totalBytes)
    let doneBytes = startBytes
    let checkAtBytes = startBytes + CHECK_EVERY_BYTES
    for await (const chunk of arriving) {
      signal.throwIfAborted()
      if (doneBytes === 0) checkMagic(chunk)
      await handle.write(chunk, 0, chunk.length, doneBytes)
      doneBytes += chunk.length
      if (totalBytes !== undefined && doneBytes > totalBytes) throw wrongLength(doneBytes, totalBytes)
      if (totalBytes === undefined && doneBytes > checkAtBytes) {
        checkAtBytes += CHECK_EVERY_BYTES
        await checkRoom(part.path, 0)
      }
      onProgress(doneBytes, totalBytes)
    }
    if (totalBytes !== undefined && doneBytes < totalBytes) throw wrongLength(doneBytes, totalBytes)
    await handle.sync()
  } catch (error) {
    body.destroy()
    throw error
  }
}

/** An answer that is no model is noticed before it is fetched. (Pieces are never that small in practice.) */
function checkMagic(chunk: Buffer): void {
  const start = chunk.subarray(0, MAGIC.length)
  if (start.equals(MAGIC.subarray(0, start.length))) return
  throw new DownloadError('What the server sends is no GGUF file', { isFinal: true })
}

async function checkRoom(path: string, wantedBytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(dirname(path))
  const roomBytes = bavail * bsize - RESERVE_BYTES
  if (wantedBytes <= roomBytes) return
  const [wanted, room] = [wantedBytes, Math.max(0, roomBytes)].map(gigabytes)
  throw new DownloadError(`The disk has room for ${room} GB, and ${wanted} GB are to come: make room first`, {
    isFinal: true,
  })
}

function gigabytes(bytes: number): string {
  return (bytes / 1e9).toFixed(bytes < 1e9 ? 2 : 1)
}

function wrongLength(doneBytes: number, totalBytes: number): DownloadError {
  const message = `The server sent ${doneBytes} bytes of the ${totalBytes} that it promised`
  return new DownloadError(message, { isFinal: doneBytes > totalBytes })
}

/** The hub tells the SHA-256 of large files. */
async function checkHash(part: PartFile, etag: string | undefined, signal: AbortSignal): Promise<void> {
  const expected = /^"?(?<hash>[0-9a-f]{64})"?$/iu.exec(etag ?? '')?.groups?.['hash']
  if (expected === undefined) return
  const hash = createHash('sha256')
  // In pieces that take a fraction of a millisecond each.
  for await (const chunk of createReadStream(part.path, { signal }) as AsyncIterable<Buffer>)
    hash.update(chunk)
  if (hash.digest('hex') === expected.toLowerCase()) return
  await part.discard()
  throw new DownloadError('What arrived is not what the server has (its hash differs); start it again', {
    isFinal: true,
  })
}
