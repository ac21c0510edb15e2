import { type ToolName } from '#shared/entities.ts'

/** Only tools that a listener would wait for. */
const FILLERS: Partial<Readonly<Record<ToolName, readonly string[]>>> = {
  search_web: [
    'Let me look that up.',
    'One moment, I will search for it.',
    'Give me a second to look it up.',
    'Let me see what I can find.',
  ],
  fetch_page: [
    'Let me read that page.',
    'One moment, I am opening it.',
    'Give me a second to read it.',
    'Let me have a look at it.',
  ],
}

/**
 * A short line for the time while a tool runs, if it is one that takes time.
 * Each character keeps to half of the lines, so that a group does not speak with one mouth.
 * @param random 0 … 1, without 1.
 */
export function filler(name: string, characterName: string, random: () => number): string | undefined {
  const lines = Object.entries(FILLERS).find(([tool]) => tool === name)?.[1]
  if (lines === undefined) return undefined
  const habit = characterName.length % 2
  const own = lines.filter((_line, index) => index % 2 === habit)
  return own[Math.floor(random() * own.length)]
}
