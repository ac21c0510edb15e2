import { type GenerationInfo } from '#shared/entities.ts'
import { milliseconds } from './latency.ts'

/** How a reply came about, in the user's language, with what nobody told left out. */
export function generationRows(info: GenerationInfo): { name: string; value: string }[] {
  const rows: [name: string, value: string | undefined][] = [
    ['Model', info.model || undefined],
    ['Could not answer', info.failed_models?.join(', ') || undefined],
    ['Attempts', info.attempts !== undefined && info.attempts > 1 ? String(info.attempts) : undefined],
    ['First word after', told(info.ttft_ms, milliseconds)],
    ['Written in', told(info.duration_ms, milliseconds)],
    ['Read', told(info.prompt_tokens, (tokens) => readWords(tokens, info.cached_tokens))],
    ['Wrote', told(info.completion_tokens, counted)],
    ['Thought', told(info.reasoning_tokens, counted)],
    ['Speed', speedOf(info)],
    ['Cost', told(info.cost, costWords)],
    ['Ended', info.finish_reason === undefined ? undefined : endWords(info.finish_reason)],
  ]
  return rows.flatMap(([name, value]) => (value === undefined ? [] : [{ name, value }]))
}

function told<Value>(value: Value | undefined, words: (value: Value) => string): string | undefined {
  return value === undefined ? undefined : words(value)
}

function counted(tokens: number): string {
  return `${tokens.toLocaleString('en-US')} tokens`
}

function readWords(tokens: number, cached = 0): string {
  return cached > 0 ? `${counted(tokens)}, ${cached.toLocaleString('en-US')} of them known` : counted(tokens)
}

/** Of the writing alone: the wait for the first word says nothing about it. */
function speedOf({
  completion_tokens: tokens,
  duration_ms: durationMs,
  ttft_ms: ttftMs = 0,
}: GenerationInfo) {
  const writingMs = (durationMs ?? 0) - ttftMs
  if (tokens === undefined || tokens < 2 || writingMs <= 0) return undefined
  return `${((tokens * 1_000) / writingMs).toFixed(1)} tokens a second`
}

/** Small sums are not rounded to nothing. */
function costWords(cost: number): string {
  return cost === 0 || cost >= 0.01 ? cost.toFixed(2) : cost.toPrecision(2)
}

function endWords(reason: string): string {
  const words: Record<string, string> = {
    stop: 'by itself',
    length: 'cut off: the longest allowed reply was reached',
    content_filter: 'cut off by the server’s filter',
    tool_calls: 'to use a tool',
  }
  return words[reason] ?? reason
}
