import { type RunnerInfo, type RunnersAnswer } from '#shared/entities.ts'
import { type LocalHouse } from './runners-deps.ts'

const NOTHING = { runners: [], memory_used_bytes: 0, disk_used_bytes: 0 }
/** Closer than that, two figures are the same to people. */
const SAME_BYTES = 1024 * 1024
const SAME_MS = 1_000

/** All that is known of the models of this machine, right now. */
export function runnersAnswer(local: LocalHouse | undefined): RunnersAnswer {
  if (!local) return { is_there: false, overview: NOTHING, config_path: '' }
  const { service, repository } = local
  const gpus = local.gpus.current()
  return {
    is_there: true,
    overview: { ...service.overview(), ...(gpus.length > 0 ? { gpus: [...gpus] } : {}) },
    config_path: repository.path,
    ...(repository.problem ? { config_problem: repository.problem.message } : {}),
  }
}

/** What is now, with the figures of before where nobody would see a difference. */
export function settledAnswer(before: RunnersAnswer, now: RunnersAnswer): RunnersAnswer {
  const { overview: old } = before
  const { overview } = now
  const known = new Map(old.runners.map((runner) => [runner.id, runner]))
  return {
    ...now,
    overview: {
      ...overview,
      disk_free_bytes: near(old.disk_free_bytes, overview.disk_free_bytes),
      memory_used_bytes: near(old.memory_used_bytes, overview.memory_used_bytes),
      runners: overview.runners.map((runner) => settledRunner(known.get(runner.id), runner)),
    },
  }
}

function settledRunner(old: RunnerInfo | undefined, now: RunnerInfo): RunnerInfo {
  return {
    ...now,
    memory_bytes: near(old?.memory_bytes, now.memory_bytes),
    expires_at: sameMoment(old?.expires_at, now.expires_at),
    retry_at: sameMoment(old?.retry_at, now.retry_at),
  }
}

function near<Bytes extends number | undefined>(old: Bytes | undefined, now: Bytes): Bytes {
  if (old === undefined || now === undefined) return now
  return Math.abs(now - old) < SAME_BYTES ? old : now
}

/** Told by two clocks, of which one may be set: it is never quite the same. */
function sameMoment(old: string | undefined, now: string | undefined): string | undefined {
  if (old === undefined || now === undefined) return now
  return Math.abs(Date.parse(now) - Date.parse(old)) < SAME_MS ? old : now
}
