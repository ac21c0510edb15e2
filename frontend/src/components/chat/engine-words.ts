import { type EngineStatus, type EngineStatuses } from '#shared/entities.ts'

type Part = keyof EngineStatuses

const WITHOUT: Record<Part, string> = {
  vad: 'Troupe cannot tell when you speak. Hold to talk still works.',
  stt: 'Speech is not recognised here. You can type, and the characters still speak.',
  llm: 'There is nobody to think of an answer.',
  tts: 'The characters have no voice here. Their words still appear.',
}

/** What does not work, in words: what it means, and what the server says to do about it. */
export function engineProblems(
  engines: EngineStatuses | null,
): { part: Part; meaning: string; advice: string }[] {
  if (!engines) return []
  const parts: Part[] = ['stt', 'tts', 'llm', 'vad']
  return parts
    .filter((part) => !engines[part].ready)
    .map((part) => ({ part, meaning: WITHOUT[part], advice: engines[part].detail ?? '' }))
}

/** Whether replies come from the scripted companion rather than from a language model. */
export function isScripted(llm: EngineStatus | undefined): boolean {
  return llm?.name === 'scripted'
}
