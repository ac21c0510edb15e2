import { type Message } from '#shared/entities.ts'
import { type TranscriptLine } from './types.ts'

/** The lines of a conversation, oldest first. Every function leaves what it was given as it was. */
export type Lines = readonly TranscriptLine[]

export function lineOf(message: Message): TranscriptLine {
  return {
    id: message.message_id,
    role: message.role,
    name: message.name,
    characterId: message.character_id,
    text: message.content,
    unheard: message.unheard,
    state: message.is_interrupted ? 'interrupted' : 'complete',
    isSpoken: message.is_spoken,
    sounding: null,
    heardUntil: null,
    ...detailsOf(message),
    createdAt: message.created_at,
  }
}

/** What of a stored message is not its text. */
export function detailsOf(message: Message) {
  return {
    isExcluded: message.is_excluded,
    alternativeIndex: message.alternative_index,
    alternativeCount: message.alternative_count,
    generation: message.generation,
    toolUses: message.tool_uses.map((use, index) => ({
      id: `${index}`,
      name: use.name,
      arguments: use.arguments,
      result: use.result,
      isError: use.is_error,
    })),
  } satisfies Partial<TranscriptLine>
}

export function changeLine(lines: Lines, id: string, change: Partial<TranscriptLine>): Lines {
  const index = lines.findIndex((line) => line.id === id)
  const line = lines[index]
  return line === undefined ? lines : lines.with(index, { ...line, ...change })
}

/** In its place if the line is known, at the end if not. */
export function putLine(lines: Lines, line: TranscriptLine): Lines {
  const index = lines.findIndex(({ id }) => id === line.id)
  return index === -1 ? [...lines, line] : lines.with(index, line)
}

export function removeLine(lines: Lines, id: string): Lines {
  return lines.filter((line) => line.id !== id)
}

/** The line without what follows it, apart from what is still to be sent. */
export function cutBehind(lines: Lines, id: string): Lines {
  const index = lines.findIndex((line) => line.id === id)
  if (index === -1) return lines
  return [...lines.slice(0, index + 1), ...lines.slice(index + 1).filter(isLocal)]
}

/** What stands behind a message in the newest page, in place of what stood behind its line. */
export function replaceBehind(lines: Lines, id: string, page: readonly Message[]): Lines {
  const index = lines.findIndex((line) => line.id === id)
  const inPage = page.findIndex((message) => message.message_id === id)
  const pending = lines.filter(isLocal)
  // More follows than fits into a page: older pages are fetched when they are looked for.
  if (index === -1 || inPage === -1) return [...page.map(lineOf), ...pending]
  return [...lines.slice(0, index), ...page.slice(inPage).map(lineOf), ...pending]
}

/** A line that is there again, at its place among those that are stored. */
export function insertLine(lines: Lines, index: number, line: TranscriptLine): Lines {
  if (lines.some(({ id }) => id === line.id)) return lines
  const firstPending = lines.findIndex(isLocal)
  const at = Math.min(index, firstPending === -1 ? lines.length : firstPending)
  return lines.toSpliced(at, 0, line)
}

/**
 * The newest page in place of what may be out of date after the connection was lost. Older pages stay, and so do
 * lines that are still to be sent. A line that was sent and never answered is found in the page, or has failed.
 */
export function refreshed(lines: Lines, page: readonly Message[]): Lines {
  const inPage = new Set(page.map((message) => message.message_id))
  const known = new Set(lines.map(({ id }) => id))
  const firstInPage = lines.findIndex(({ id }) => inPage.has(id))
  const arrived = page.filter((message) => message.role === 'user' && !known.has(message.message_id))
  const pending = lines.filter((line) => line.state === 'sending' || line.id.startsWith(LOCAL_PREFIX))
  const lost = pending.filter((line) => {
    const index = arrived.findIndex((message) => message.content === line.text)
    if (index !== -1) arrived.splice(index, 1)
    return index === -1
  })
  return [...lines.slice(0, Math.max(0, firstInPage)), ...page.map(lineOf), ...lost]
}

const LOCAL_PREFIX = 'local-'

/** What the user just said, before the server has named it. */
export function localLine(options: {
  number: number
  text: string
  isSpoken: boolean
  createdAt: string
}): TranscriptLine {
  const { number, text, isSpoken, createdAt } = options
  return {
    id: `${LOCAL_PREFIX}${number}`,
    role: 'user',
    name: '',
    characterId: null,
    text,
    unheard: '',
    state: 'sending',
    isSpoken,
    sounding: null,
    heardUntil: null,
    isExcluded: false,
    alternativeIndex: 0,
    alternativeCount: 1,
    toolUses: [],
    generation: null,
    createdAt,
  }
}

export function isLocal(line: TranscriptLine): boolean {
  return line.id.startsWith(LOCAL_PREFIX)
}

/** A whole text cut after what was heard of it. */
export function splitAtHeard(whole: string, heard: string): { text: string; unheard: string } {
  if (whole.startsWith(heard)) return { text: heard, unheard: whole.slice(heard.length) }
  const length = Math.min(whole.length, heard.length)
  return { text: heard, unheard: whole.slice(length) }
}
