import { type FastifyReply } from 'fastify'
import { type LanguageModel } from '../../engines/contracts.ts'
import { AppError } from '../../errors.ts'
import { type Clock } from '../../lib/clock.ts'
import { type Logger } from '../../logging.ts'
import { type ConfigRepository } from '../../runners/config/config-repository.ts'
import { type GpuMemory } from '../../runners/process/gpu-memory.ts'
import { type RunnerService } from '../../runners/contract.ts'
import { dataFrame, sendEvents } from '../event-stream.ts'
import { untilGone } from '../client-gone.ts'

/** The models of this machine, and the file that they are described in. */
export interface LocalHouse {
  readonly service: RunnerService
  /** Answers through them: `settings.model` is the id of a runner. */
  readonly model: LanguageModel
  readonly repository: ConfigRepository
  readonly gpus: Pick<GpuMemory, 'current'>
}

export interface RunnersDeps {
  /** Absent: this server runs no models itself. */
  readonly local: LocalHouse | undefined
  readonly clock: Clock
  readonly logger: Logger
}

/** @throws AppError `not_found` */
export function localOf({ local }: Pick<RunnersDeps, 'local'>): LocalHouse {
  if (local) return local
  throw new AppError(
    'not_found',
    'This server runs no models itself; start Troupe with a data directory of its own',
  )
}

/** A comment, which readers pass over. */
const OPENED = ': open\n\n'
const BROKEN_OFF = ': broken off\n\n'

export interface LiveEvents {
  readonly clock: Clock
  readonly open: (signal: AbortSignal) => AsyncIterable<object>
  /** The last event of a stream that fails; absent: it just ends, and whoever listens comes again. */
  readonly failed?: (thrown: unknown) => object
}

/** Sends events until the client leaves, at once and however long the first one takes. */
export function sendLive(reply: FastifyReply, { clock, open, failed }: LiveEvents): Promise<FastifyReply> {
  const signal = untilGone(reply)
  return sendEvents(reply, {
    clock,
    frames: framesOf(open(signal)),
    failed: (thrown) => (failed ? dataFrame(failed(thrown)) : BROKEN_OFF),
  })
}

async function* framesOf(events: AsyncIterable<object>): AsyncGenerator<string> {
  yield OPENED
  for await (const event of events) yield dataFrame(event)
}
