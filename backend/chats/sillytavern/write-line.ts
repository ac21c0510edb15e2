import { type MessageRole } from '#shared/entities.ts'
import { type WholeMessage } from '../../store/contract.ts'
import { parsedJson, recordIn } from '../json.ts'
import { elementTexts, memberText, withMembers } from '../json-text.ts'
import { readLine, type ReadLine } from './read-line.ts'

/** What a message says that can be said in a line. */
interface Said {
  readonly role: MessageRole
  readonly name: string
  readonly is_excluded: boolean
  readonly texts: readonly string[]
  readonly dates: readonly string[]
  readonly index: number
}

/** Marks on a message that side branches leave from. */
export interface LineMarks {
  readonly branches?: readonly string[] | undefined
  /** Several speak here: say whose picture it is. */
  readonly isGroup: boolean
}

/**
 * What stands in the file for a message: its own source, if it still says the same; else that with only those values
 * changed that differ; else a line of ours. Without anything behind it that does not belong to it.
 */
export function sourceOf(message: WholeMessage, marks: LineMarks): string | Uint8Array {
  const said = saidBy(message)
  if (message.source === null) return newLine(message, said, marks)
  const text =
    typeof message.source === 'string' ? message.source : Buffer.from(message.source).toString('utf8')
  const line = firstLine(text)
  const read = readLine(parsedJson(line.text))
  if (!read) return `${newLine(message, said, marks)}${text.slice(line.end)}`
  if (isSame(read, said) && !marks.branches) return message.source
  const patched = marked(isSame(read, said) ? line.text : patchedLine(line.text, read, said), marks)
  return text.slice(0, line.start) + patched + text.slice(line.end)
}

function saidBy(message: WholeMessage): Said {
  const { role, name, is_excluded, content, alternatives, alternative_index: index, created_at } = message
  return {
    role,
    name,
    is_excluded,
    texts: alternatives.length > 0 ? alternatives.map((one) => one.content) : [content],
    dates: alternatives.length > 0 ? alternatives.map((one) => one.created_at) : [created_at],
    index,
  }
}

/** The JSON of the first line, without what may stand around it. */
function firstLine(source: string): { text: string; start: number; end: number } {
  const newline = source.indexOf('\n')
  const line = newline < 0 ? source : source.slice(0, newline)
  const start = line.search(/[^\s\uFEFF\0]/u)
  const text = line.slice(Math.max(0, start)).replace(/[\s\0]+$/u, '')
  return { text, start: Math.max(0, start), end: Math.max(0, start) + text.length }
}

function isSame(read: ReadLine, said: Said): boolean {
  return (
    read.role === said.role &&
    read.name === said.name &&
    read.is_excluded === said.is_excluded &&
    read.index === said.index &&
    read.wordings.length === said.texts.length &&
    read.wordings.every(({ content }, place) => content === said.texts[place])
  )
}

function patchedLine(line: string, read: ReadLine, said: Said): string {
  const changes: Record<string, string> = {}
  if (read.name !== said.name) changes['name'] = JSON.stringify(said.name)
  if (read.role !== said.role) Object.assign(changes, roleChanges(line, said.role))
  if (read.is_excluded !== said.is_excluded) changes['is_system'] = String(said.is_excluded)
  const before = read.wordings[read.index]?.content
  const now = said.texts[said.index] ?? ''
  if (before !== now) {
    const key = memberText(line, 'mes') === undefined && memberText(line, 'content') ? 'content' : 'mes'
    changes[key] = textInPlaceOf(memberText(line, key), now)
  }
  if (said.texts.length > 1 || memberText(line, 'swipes') !== undefined) {
    Object.assign(changes, swipeChanges(line, said))
  }
  return withMembers(line, changes)
}

function roleChanges(line: string, role: MessageRole): Record<string, string> {
  const extra = memberText(line, 'extra')
  const type = JSON.stringify(role === 'system' ? 'narrator' : null)
  const isMarked = role === 'system' || (extra !== undefined && memberText(extra, 'type') !== undefined)
  return {
    is_user: String(role === 'user'),
    ...(isMarked ? { extra: withMembers(objectText(extra), { type }) } : {}),
  }
}

/** Only those texts are written anew that differ. */
function swipeChanges(line: string, said: Said): Record<string, string> {
  const old = listTexts(memberText(line, 'swipes'))
  const swipes = said.texts.map((text, place) => textInPlaceOf(old[place], text))
  const changes: Record<string, string> = {}
  if (swipes.some((text, place) => text !== old[place])) changes['swipes'] = `[${swipes.join(',')}]`
  if (memberText(line, 'swipe_id') !== String(said.index)) changes['swipe_id'] = String(said.index)
  const infos = listTexts(memberText(line, 'swipe_info'))
  if (said.texts.length > Math.max(1, old.length)) {
    const all = said.dates.map(
      (date, place) => infos[place] ?? JSON.stringify({ send_date: date, extra: {} }),
    )
    changes['swipe_info'] = `[${all.join(',')}]`
  }
  return changes
}

/** Chub's texts are in objects, and stay there. What says the same stays as it was written. */
function textInPlaceOf(old: string | undefined, text: string): string {
  const by = JSON.stringify(text)
  if (old === undefined) return by
  const value = parsedJson(old)
  if (typeof value === 'object' && value !== null && 'message' in value) {
    return withMembers(old, { message: textInPlaceOf(memberText(old, 'message'), text) })
  }
  return typeof value === 'string' && value.toWellFormed() === text ? old : by
}

function marked(line: string, { branches }: LineMarks): string {
  if (!branches) return line
  const extra = objectText(memberText(line, 'extra'))
  const known = recordIn(parsedJson(extra))['branches']
  const all = [...new Set([...(Array.isArray(known) ? known : []), ...branches])]
  return withMembers(line, { extra: withMembers(extra, { branches: JSON.stringify(all) }) })
}

function listTexts(text: string | undefined): string[] {
  return text !== undefined && text.startsWith('[') ? elementTexts(text) : []
}

function objectText(text: string | undefined): string {
  return text !== undefined && text.startsWith('{') ? text : '{}'
}

/** A message that was said here. */
function newLine(message: WholeMessage, said: Said, { branches, isGroup }: LineMarks): string {
  const { role, name, created_at, generation } = message
  const file = `${name}.png`
  return JSON.stringify({
    name,
    is_user: role === 'user',
    is_system: message.is_excluded,
    send_date: created_at,
    mes: said.texts[said.index] ?? '',
    extra: {
      ...(role === 'system' ? { type: 'narrator' } : {}),
      ...(generation ? modelMembers(generation) : {}),
      ...(branches ? { branches } : {}),
    },
    ...(isGroup && role === 'assistant'
      ? { original_avatar: file, force_avatar: `/thumbnail?type=avatar&file=${encodeURIComponent(file)}` }
      : {}),
    ...(said.texts.length > 1 ? swipesOf(message, said) : {}),
  })
}

function swipesOf({ alternatives }: WholeMessage, said: Said): object {
  const swipe_info = alternatives.map(({ created_at, generation }) => ({
    send_date: created_at,
    extra: generation ? modelMembers(generation) : {},
  }))
  return { swipe_id: said.index, swipes: said.texts, swipe_info }
}

function modelMembers(generation: NonNullable<WholeMessage['generation']>): object {
  const { model, completion_tokens } = generation
  return { model, ...(completion_tokens === undefined ? {} : { token_count: completion_tokens }) }
}
