import { createHash } from 'node:crypto'
import { type FastifyReply, type FastifyRequest } from 'fastify'
import { type PullProgress } from '../../engines/contracts.ts'
import { AppError } from '../../errors.ts'
import { fetcherOf } from '../core/fetch-model.ts'
import { untilGone } from '../client-gone.ts'
import { lookUp } from './find.ts'
import { answerLines } from './lines.ts'
import { type OllamaDoor } from './ollama-deps.ts'
import { present } from './options.ts'
import { nameIn, PullRequest, read } from './requests.ts'

const FIRST = 'pulling manifest'

/** `POST /api/pull`: what is here already is a success at once. */
export async function pull(door: OllamaDoor, request: FastifyRequest, reply: FastifyReply) {
  const body = read(PullRequest, request.body)
  const lines = pullLines(door, nameIn(body), untilGone(reply))
  return body.stream === false ? lastOf(lines) : answerLines(reply, lines)
}

async function* pullLines(door: OllamaDoor, name: string, signal: AbortSignal): AsyncGenerator<object> {
  yield { status: FIRST }
  const known = await lookUp(door.directory, name, signal).catch(() => undefined)
  signal.throwIfAborted()
  if (!known) {
    const digest = `sha256:${createHash('sha256').update(name).digest('hex')}`
    const fetcher = fetcherOf(door, name)
    if (!fetcher) throw new AppError('not_found', 'pull model manifest: file does not exist')
    for await (const progress of door.pulls.follow(name, fetcher, signal)) {
      if (progress.status !== FIRST) yield progressLine(progress, digest)
    }
    yield { status: 'verifying sha256 digest' }
  }
  yield { status: 'writing manifest' }
  yield { status: 'success' }
}

function progressLine({ status, completedBytes, totalBytes }: PullProgress, digest: string): object {
  const size = present({ total: totalBytes, completed: completedBytes })
  return { status, ...(totalBytes === undefined ? {} : { digest }), ...size }
}

/** Waits for the end, of which the last line tells. @throws what goes wrong on the way. */
export async function lastOf(lines: AsyncIterable<object>): Promise<object> {
  let last: object = {}
  for await (const line of lines) last = line
  return last
}
