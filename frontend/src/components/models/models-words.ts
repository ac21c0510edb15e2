import { type RunnerInfo } from '#shared/entities.ts'
import { currentLanguage, t } from '../../i18n/index.ts'

/** How amounts of the models are said, in the language of the interface. */

const SIZES = [
  ['gigabyte', 1e9, 1],
  ['megabyte', 1e6, 0],
  ['kilobyte', 1e3, 0],
] as const

/** `4.7 GB` */
export function bytes(count: number): string {
  const [unit, size, maximumFractionDigits] = SIZES.find(([, least]) => count >= least) ?? SIZES[2]
  const format = { style: 'unit', unit, maximumFractionDigits } as const
  return new Intl.NumberFormat(currentLanguage(), format).format(count / size)
}

/** `8.2 billion`, shortened: `8.2B` */
export function shortly(count: number): string {
  const format = { notation: 'compact', maximumFractionDigits: 1 } as const
  return new Intl.NumberFormat(currentLanguage(), format).format(count)
}

export function decimal(value: number): string {
  return new Intl.NumberFormat(currentLanguage(), { maximumFractionDigits: 1 }).format(value)
}

export function percent(share: number): string {
  return new Intl.NumberFormat(currentLanguage(), { style: 'percent' }).format(share)
}

/** `12 s`, `4:05 min`, `2:30 h` */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1_000))
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes}:${twoDigits(seconds % 60)} min`
  return `${Math.floor(minutes / 60)}:${twoDigits(minutes % 60)} h`
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0')
}

/** The last part of a path of either kind. */
export function fileName(path: string): string {
  return path.split(/[/\\]/u).at(-1) ?? path
}

/** `Ready`, `Starting, 40 %`, `Failed, tried again in 5 s` */
export function stateWords({ state, progress, retry_at: retryAt }: RunnerInfo, nowMs: number): string {
  if (state === 'starting' && progress !== undefined && progress > 0)
    return t('models.state.startingAt', { share: percent(progress) })
  if (state === 'failed' && retryAt !== undefined && Date.parse(retryAt) > nowMs)
    return t('models.state.retry', { time: duration(Date.parse(retryAt) - nowMs) })
  return t(`models.state.${state}`)
}

/** What there is to say in numbers about one that runs, or has run. */
export function figuresOf(runner: RunnerInfo, nowMs: number): string[] {
  const { active, queued, restarts, state, tokens_per_second: speed } = runner
  const isRunning = state === 'ready' || state === 'stopping'
  return [
    ...(active > 0 ? [t('models.figures.active', { active, most: runner.max_parallel })] : []),
    ...(isRunning && active + queued === 0 ? [t('models.figures.idle')] : []),
    ...(queued > 0 ? [t('models.figures.queued', { count: queued })] : []),
    ...(speed === undefined ? [] : [t('models.figures.speed', { speed: decimal(speed) })]),
    ...(isRunning ? [lifeWords(runner, nowMs)] : []),
    ...(restarts > 0 ? [t('models.figures.restarts', { count: restarts })] : []),
  ]
}

/** How long it stays. */
function lifeWords({ expires_at: expiresAt, is_pinned: isPinned }: RunnerInfo, nowMs: number): string {
  if (isPinned) return t('models.figures.pinned')
  if (expiresAt === undefined) return t('models.figures.stays')
  return t('models.figures.expires', { time: duration(Date.parse(expiresAt) - nowMs) })
}
