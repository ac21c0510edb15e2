import { type GenerationInfo } from '#shared/entities.ts'
import { currentLanguage, t } from '../../i18n/index.ts'
import { milliseconds } from './latency.ts'

/** How a reply came about, in the user's language, with what nobody told left out. */
export function generationRows(info: GenerationInfo): { name: string; value: string }[] {
  const rows: [name: string, value: string | undefined][] = [
    [t('chat.explain.model'), info.model || undefined],
    [t('chat.explain.failed'), info.failed_models?.join(', ') || undefined],
    [
      t('chat.explain.attempts'),
      info.attempts !== undefined && info.attempts > 1 ? String(info.attempts) : undefined,
    ],
    [t('chat.explain.firstWord'), told(info.ttft_ms, milliseconds)],
    [t('chat.explain.writtenIn'), told(info.duration_ms, milliseconds)],
    [t('chat.explain.read'), told(info.prompt_tokens, (tokens) => readWords(tokens, info.cached_tokens))],
    [t('chat.explain.wrote'), told(info.completion_tokens, counted)],
    [t('chat.explain.thought'), told(info.reasoning_tokens, counted)],
    [t('chat.explain.speed'), speedOf(info)],
    [t('chat.explain.cost'), told(info.cost, costWords)],
    [t('chat.explain.ended'), info.finish_reason === undefined ? undefined : endWords(info.finish_reason)],
  ]
  return rows.flatMap(([name, value]) => (value === undefined ? [] : [{ name, value }]))
}

function told<Value>(value: Value | undefined, words: (value: Value) => string): string | undefined {
  return value === undefined ? undefined : words(value)
}

function counted(tokens: number): string {
  return t('chat.explain.tokens', { count: figure(tokens) })
}

function readWords(tokens: number, cached = 0): string {
  if (cached <= 0) return counted(tokens)
  return t('chat.explain.known', { count: counted(tokens), known: figure(cached) })
}

function figure(value: number, digits?: number): string {
  const fixed = digits === undefined ? {} : { minimumFractionDigits: digits, maximumFractionDigits: digits }
  return new Intl.NumberFormat(currentLanguage(), fixed).format(value)
}

/** Of the writing alone: the wait for the first word says nothing about it. */
function speedOf({
  completion_tokens: tokens,
  duration_ms: durationMs,
  ttft_ms: ttftMs = 0,
}: GenerationInfo) {
  const writingMs = (durationMs ?? 0) - ttftMs
  if (tokens === undefined || tokens < 2 || writingMs <= 0) return undefined
  return t('chat.explain.perSecond', { count: figure((tokens * 1_000) / writingMs, 1) })
}

/** Small sums are not rounded to nothing. */
function costWords(cost: number): string {
  if (cost === 0 || cost >= 0.01) return figure(cost, 2)
  return new Intl.NumberFormat(currentLanguage(), {
    minimumSignificantDigits: 2,
    maximumSignificantDigits: 2,
  }).format(cost)
}

const KNOWN_ENDS = ['stop', 'length', 'content_filter', 'tool_calls'] as const

function isKnownEnd(reason: string): reason is (typeof KNOWN_ENDS)[number] {
  return KNOWN_ENDS.some((known) => known === reason)
}

function endWords(reason: string): string {
  return isKnownEnd(reason) ? t(`chat.explain.ends.${reason}`) : reason
}
