import { isDeepStrictEqual } from 'node:util'
import { type RunnersAnswer, type RunnersEvent } from '#shared/entities.ts'
import { type Clock } from '../../lib/clock.ts'
import { type RunnerChange } from '../../runners/contract.ts'
import { Latest } from './latest.ts'
import { runnersAnswer, settledAnswer } from './runners-answer.ts'
import { type LocalHouse, type RunnersDeps } from './runners-deps.ts'

/** What nobody tells of, such as memory, is looked at so often. */
const LOOK_EVERY_MS = 2_000

/** How things stand, and then what happens, until the signal aborts. */
export async function* runnersEvents(
  { local, clock }: Pick<RunnersDeps, 'local' | 'clock'>,
  signal: AbortSignal,
): AsyncGenerator<RunnersEvent, void> {
  const latest = new Latest<RunnersEvent>(clock)
  const first = runnersAnswer(local)
  const stop = local && follow(local, latest, { clock, first })
  try {
    yield { type: 'overview', data: first }
    yield* latest.read(signal)
  } finally {
    stop?.()
  }
}

/** @returns how to stop following. */
function follow(
  local: LocalHouse,
  latest: Latest<RunnersEvent>,
  { clock, first }: { clock: Clock; first: RunnersAnswer },
): () => void {
  const stops = [
    local.service.onChange((change) => latest.put(kindOf(change), eventOf(change))),
    local.repository.onState(() => latest.put('config', configEvent(local))),
  ]
  let told = settledAnswer(first, first)
  let cancel: (() => void) | undefined
  const lookLater = (): void => {
    cancel = clock.after(LOOK_EVERY_MS, () => {
      const now = settledAnswer(told, runnersAnswer(local))
      if (!isDeepStrictEqual(now, told)) latest.put('overview', { type: 'overview', data: now })
      told = now
      lookLater()
    })
  }
  lookLater()
  return () => {
    cancel?.()
    for (const stop of stops) stop()
  }
}

/** A later event of the same kind makes an earlier one needless. */
function kindOf(change: RunnerChange): string {
  if (change.type === 'download') return `download ${change.download.id}`
  return `runner ${change.type === 'runner' ? change.runner.id : change.id}`
}

function eventOf(change: RunnerChange): RunnersEvent {
  if (change.type === 'runner') return { type: 'runner', data: change.runner }
  if (change.type === 'download') return { type: 'download', data: change.download }
  return { type: 'runner_gone', data: { id: change.id } }
}

function configEvent({ repository: { problem } }: LocalHouse): RunnersEvent {
  return { type: 'config', data: problem ? { problem: problem.message } : {} }
}
