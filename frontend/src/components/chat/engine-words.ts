import { type EngineStatus, type EngineStatuses } from '#shared/entities.ts'
import { t } from '../../i18n/index.ts'

type Part = keyof EngineStatuses

/** What does not work, in words: what it means, and what the server says to do about it. */
export function engineProblems(
  engines: EngineStatuses | null,
): { part: Part; meaning: string; advice: string }[] {
  if (!engines) return []
  const parts: Part[] = ['stt', 'tts', 'llm', 'vad']
  return parts
    .filter((part) => !engines[part].ready)
    .map((part) => ({ part, meaning: t(`chat.engines.without.${part}`), advice: engines[part].detail ?? '' }))
}

/** Whether replies come from the scripted companion rather than from a language model. */
export function isScripted(llm: EngineStatus | undefined): boolean {
  return llm?.name === 'scripted'
}
