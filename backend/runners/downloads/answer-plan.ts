import { type Answer, headerOf } from './follow.ts'
import { DownloadError } from './download-error.ts'

/** What to do with an answer. */
export type AnswerPlan =
  /** Write from `startBytes` on. */
  | {
      readonly type: 'write'
      readonly startBytes: number
      readonly totalBytes: number | undefined
      readonly validator: string | undefined
    }
  /** We have all of it. */
  | { readonly type: 'complete'; readonly totalBytes: number }
  /** What we have is of no use: ask for everything. */
  | { readonly type: 'restart' }

/**
 * @param haveBytes how much was there, and asked to be gone on from.
 * @throws DownloadError
 */
export function planOf(answer: Answer, haveBytes: number): AnswerPlan {
  const { statusCode } = answer
  if (statusCode === 416) return planOfUnsatisfiable(answer, haveBytes)
  if (statusCode !== 200 && statusCode !== 206) throw refusal(answer)
  if (!/^(?:identity)?$/iu.test(headerOf(answer, 'content-encoding') ?? '')) {
    throw new DownloadError('The server packs the file on the way, which it was asked not to', {
      isFinal: true,
    })
  }
  const lengthBytes = countOf(headerOf(answer, 'content-length'))
  const validator = validatorOf(answer)
  if (statusCode === 200) return { type: 'write', startBytes: 0, totalBytes: lengthBytes, validator }
  const range = RANGE.exec(headerOf(answer, 'content-range') ?? '')?.groups
  if (Number(range?.['start']) !== haveBytes) return { type: 'restart' }
  return { type: 'write', startBytes: haveBytes, totalBytes: countOf(range?.['total']), validator }
}

function planOfUnsatisfiable(answer: Answer, haveBytes: number): AnswerPlan {
  const total = /^bytes \*\/(?<total>\d+)$/u.exec(headerOf(answer, 'content-range') ?? '')?.groups?.['total']
  return countOf(total) === haveBytes ? { type: 'complete', totalBytes: haveBytes } : { type: 'restart' }
}

/** By which it can be asked later whether it is still the same file: never a weak one. */
function validatorOf(answer: Answer): string | undefined {
  const etag = headerOf(answer, 'etag')
  return etag !== undefined && !etag.startsWith('W/') ? etag : headerOf(answer, 'last-modified')
}

const RANGE = /^bytes (?<start>\d+)-\d+\/(?<total>\d+|\*)$/u

function countOf(text: string | undefined): number | undefined {
  const count = Number(text ?? NaN)
  return Number.isSafeInteger(count) && count >= 0 ? count : undefined
}

function refusal({ statusCode }: Answer): DownloadError {
  const isFinal = statusCode < 500 && statusCode !== 408 && statusCode !== 429
  return new DownloadError(REFUSALS.get(statusCode) ?? `The server refuses with ${statusCode}`, { isFinal })
}

const REFUSALS: ReadonlyMap<number, string> = new Map([
  [401, 'The server wants to know who asks: set hf_token (or HF_TOKEN), if it is Hugging Face'],
  [403, 'The server does not let us have it: accept its licence on its page, and set hf_token (or HF_TOKEN)'],
  [404, 'There is no such file: check its address'],
  [410, 'The file is gone from there'],
  [429, 'The server says that it was asked too often; try again later'],
  [503, 'The server is too busy at the moment; try again later'],
])
