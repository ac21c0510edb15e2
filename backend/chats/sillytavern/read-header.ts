import { type DepthPrompt } from '#shared/entities.ts'
import { type ChatHead, MAX_TEXT_CHARACTERS } from '../chat.ts'
import { type ChatReport } from '../chat-report.ts'
import { readDate } from '../dates.ts'
import { countIn, isRecord, type JsonRecord, parsedJson, recordIn, textIn } from '../json.ts'

/** What SillyTavern writes where nobody is meant. */
const NOBODY = 'unused'
const ROLES = ['system', 'user', 'assistant'] as const
/** Of `note_position`: among the messages, at a depth. */
const AT_DEPTH = 1

const KNOWN = new Set(['note_prompt', 'note_depth', 'note_role', 'note_position', 'integrity'])

export function isHeader(json: unknown): json is JsonRecord {
  if (!isRecord(json)) return false
  if (Object.hasOwn(json, 'chat_metadata')) return true
  return (
    (Object.hasOwn(json, 'user_name') || Object.hasOwn(json, 'character_name')) && !Object.hasOwn(json, 'mes')
  )
}

/** What stands before the first message. */
export function readHeader(source: string, report?: ChatReport): ChatHead {
  const json = recordIn(headerLine(source)?.json)
  const metadata = recordIn(json['chat_metadata'])
  for (const key of Object.keys(metadata)) if (!KNOWN.has(key)) report?.kept(`chat_metadata.${key}`)
  const characterName = textIn(json['character_name'])
  return {
    characterName: characterName === NOBODY || characterName === '' ? undefined : characterName,
    createdAt: readDate(json['create_date']),
    authorNote: noteOf(metadata),
    source,
  }
}

/** The line that is the header, and where it stands. */
export function headerLine(source: string): { json: JsonRecord; start: number; text: string } | undefined {
  let start = 0
  for (const line of source.split(/(?<=\n)/u)) {
    const text = line.replaceAll('\0', '').trim()
    const json = parsedJson(text)
    if (isHeader(json)) return { json, start: start + line.indexOf(text), text }
    start += line.length
  }
  return undefined
}

/** The author's note. */
function noteOf(metadata: JsonRecord): DepthPrompt | null {
  const text = textIn(metadata['note_prompt']) ?? ''
  if (text.trim() === '') return null
  const position = countIn(metadata['note_position']) ?? AT_DEPTH
  return {
    text: text.slice(0, MAX_TEXT_CHARACTERS).toWellFormed(),
    // The other places are before all messages.
    depth: position === AT_DEPTH ? Math.min(countIn(metadata['note_depth']) ?? 4, 1_000) : 1_000,
    role: ROLES[countIn(metadata['note_role']) ?? 0] ?? 'system',
  }
}

/** The author's note as members of `chat_metadata`. */
export function noteMembers(note: DepthPrompt | null): Record<string, unknown> {
  if (!note) return { note_prompt: '' }
  return {
    note_prompt: note.text,
    note_interval: 1,
    note_position: AT_DEPTH,
    note_depth: note.depth,
    note_role: ROLES.indexOf(note.role),
  }
}
