import { type GenerationInfo, type MessageRole } from '#shared/entities.ts'
import { type ChatMessage, type ChatWording, MAX_NAME_CHARACTERS, MAX_TEXT_CHARACTERS } from '../chat.ts'
import { type ChatReport } from '../chat-report.ts'
import { readDate } from '../dates.ts'
import { countIn, isRecord, type JsonRecord, listIn, recordIn, textIn } from '../json.ts'
import { OWN_KEY, readOwnExtra } from './own-extra.ts'

/** What a line says, and where its alternatives came from. */
export type ReadLine = Omit<ChatMessage, 'source'>

/** Where the reader of a line tells what it found. */
export interface LineLog {
  readonly report: ChatReport
  /** E.g. `line 7`. */
  readonly path: string
}

const KNOWN = new Set(
  'name is_user is_system mes send_date extra swipe_id swipes swipe_info gen_started gen_finished force_avatar original_avatar is_group role content'.split(
    ' ',
  ),
)
const KNOWN_EXTRA = new Set(['api', 'model', 'token_count', 'type', OWN_KEY])

/** @returns undefined if it is no message. */
export function readLine(json: unknown, log?: LineLog): ReadLine | undefined {
  if (!isRecord(json)) return undefined
  const said = textOf(json['mes'] ?? json['content'])
  const swipes = listIn(json['swipes']).map(textOf)
  if (said === undefined && swipes.length === 0) return undefined
  const extra = recordIn(json['extra'])
  const index = indexOf(json, swipes.length, log)
  const texts = textsOf({ said, swipes, index, log })
  const sentAt = readDate(json['send_date'])
  if (log) noteUnused(json, extra, log)
  return {
    role: roleOf(json, extra),
    name: (textIn(json['name']) ?? '').slice(0, MAX_NAME_CHARACTERS).toWellFormed(),
    file: fileOf(json),
    is_excluded: json['is_system'] === true,
    is_spoken: readOwnExtra(extra).isSpoken,
    wordings: texts.map((text, place) => wordingOf(cut(text, log), json, { place, index, sentAt })),
    index,
    sentAt,
  }
}

/** Chub writes an object where others write the text. */
function textOf(value: unknown): string | undefined {
  return textIn(isRecord(value) ? value['message'] : value)
}

function roleOf(json: JsonRecord, extra: JsonRecord): MessageRole {
  const { type } = extra
  if (json['is_user'] === true) return 'user'
  if (type === 'narrator' || (json['is_system'] === true && typeof type === 'string')) return 'system'
  const role = json['is_user'] === undefined ? json['role'] : undefined
  return role === 'user' || role === 'system' ? role : 'assistant'
}

function indexOf(json: JsonRecord, count: number, log: LineLog | undefined): number {
  const index = countIn(json['swipe_id']) ?? 0
  const last = Math.max(0, count - 1)
  if (index <= last) return index
  log?.report.repaired(log.path, 'swipe_id was out of range', { from: index, to: last })
  return last
}

interface Texts {
  readonly said: string | undefined
  readonly swipes: readonly (string | undefined)[]
  readonly index: number
  readonly log: LineLog | undefined
}

/** `mes` is right: whoever edits a message after swiping changes only that. The other text stays, as one more. */
function textsOf({ said, swipes, index, log }: Texts): string[] {
  const texts = swipes.map((text) => text ?? '')
  const swiped = texts[index]
  if (said === undefined || swiped === said) return texts
  texts[index] = said
  if (swiped === undefined || swiped === '') return texts
  log?.report.repaired(log.path, 'mes is not the swipe in use; both are kept', { from: swiped, to: said })
  return [...texts, swiped]
}

function cut(text: string, log: LineLog | undefined): string {
  if (text.length <= MAX_TEXT_CHARACTERS) return text
  log?.report.repaired(log.path, 'is too long to be shown whole', {
    from: `${text.length} characters`,
    to: `${MAX_TEXT_CHARACTERS} characters`,
  })
  return text.slice(0, MAX_TEXT_CHARACTERS).toWellFormed()
}

/** What is known of each swipe; of the one in use the line itself tells it. */
function wordingOf(
  content: string,
  json: JsonRecord,
  { place, index, sentAt }: { place: number; index: number; sentAt: Date | null },
): ChatWording {
  const info = recordIn(listIn(json['swipe_info'])[place])
  const told = place === index ? { ...info, ...json } : info
  const { generation, own } = readOwnExtra(recordIn(told['extra']))
  return {
    content,
    sentAt: place === index ? sentAt : readDate(info['send_date']),
    generation: generation === undefined ? generationOf(told) : generation,
    own,
  }
}

function generationOf(told: JsonRecord): GenerationInfo | null {
  const extra = recordIn(told['extra'])
  const model = textIn(extra['model']) ?? ''
  if (model === '') return null
  const began = readDate(told['gen_started'])
  const ended = readDate(told['gen_finished'])
  const tokens = countIn(extra['token_count'])
  return {
    model: model.slice(0, MAX_NAME_CHARACTERS).toWellFormed(),
    ...(began && ended && ended >= began ? { duration_ms: ended.getTime() - began.getTime() } : {}),
    ...(tokens === undefined ? {} : { completion_tokens: tokens }),
  }
}

/** `Mira.png` of `/thumbnail?type=avatar&file=Mira.png`. */
function fileOf(json: JsonRecord): string | undefined {
  const original = textIn(json['original_avatar'])
  if (original !== undefined && original !== '') return original
  const forced = textIn(json['force_avatar']) ?? ''
  const file = /[?&]file=([^&]+)/u.exec(forced)?.[1]
  if (file === undefined || json['is_user'] === true) return undefined
  try {
    return decodeURIComponent(file)
  } catch {
    return file
  }
}

function noteUnused(json: JsonRecord, extra: JsonRecord, { report }: LineLog): void {
  for (const key of Object.keys(json)) if (!KNOWN.has(key)) report.kept(key)
  for (const key of Object.keys(extra)) if (!KNOWN_EXTRA.has(key)) report.kept(`extra.${key}`)
}
