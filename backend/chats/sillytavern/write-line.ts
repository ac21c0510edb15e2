import { type MessageRole } from '#shared/entities.ts'
import { type WholeMessage } from '../../store/contract.ts'
import { parsedJson, recordIn } from '../json.ts'
import { elementTexts, memberText, withMembers } from '../json-text.ts'
import { OWN_KEY, ownExtra, ownMembers } from './own-extra.ts'
import { readLine, type ReadLine } from './read-line.ts'

/** What a message says that can be said in a line. */
interface Said {
  readonly role: MessageRole
  readonly name: string
  readonly is_excluded: boolean
  readonly is_spoken: boolean
  readonly wordings: WholeMessage['alternatives']
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
  const { role, name, is_excluded, is_spoken, alternatives, alternative_index: index } = message
  const wordings = alternatives.length > 0 ? alternatives : [message]
  return { role, name, is_excluded, is_spoken, wordings, index }
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
    read.wordings.length === said.wordings.length &&
    read.wordings.every(({ content }, place) => content === said.wordings[place]?.content) &&
    said.wordings.every((_, place) => isOwnSame(read, said, place))
  )
}

function isOwnSame(read: ReadLine, said: Said, place: number): boolean {
  return JSON.stringify(ownOf(read, place)) === JSON.stringify(ownOf(said, place))
}

/** What only we say of a wording; that it was spoken belongs to the message, and stands with the one in use. */
function ownOf({ wordings, is_spoken = false, index }: ReadLine | Said, place: number): object {
  const wording = wordings[place]
  if (!wording) return {}
  const own = 'own' in wording ? { ...wording, ...wording.own } : wording
  return ownMembers({ ...own, is_spoken: is_spoken && place === index })
}

function patchedLine(line: string, read: ReadLine, said: Said): string {
  const changes: Record<string, string> = {}
  if (read.name !== said.name) changes['name'] = JSON.stringify(said.name)
  if (read.role !== said.role) Object.assign(changes, roleChanges(line, said.role))
  if (read.is_excluded !== said.is_excluded) changes['is_system'] = String(said.is_excluded)
  const before = read.wordings[read.index]?.content
  const now = said.wordings[said.index]?.content ?? ''
  if (before !== now) {
    const key = memberText(line, 'mes') === undefined && memberText(line, 'content') ? 'content' : 'mes'
    changes[key] = textInPlaceOf(memberText(line, key), now)
  }
  if (said.wordings.length > 1 || memberText(line, 'swipes') !== undefined) {
    Object.assign(changes, swipeChanges(line, { read, said }))
  }
  // What stands there of the one that was in use is not true of this one.
  if (!isOwnSame(read, said, said.index) || read.index !== said.index) {
    changes['extra'] = withOwn(changes['extra'] ?? memberText(line, 'extra'), said, said.index)
  }
  return withMembers(line, changes)
}

function withOwn(extra: string | undefined, said: Said, place: number): string {
  const own = { ...ownOf(said, place), generation: said.wordings[place]?.generation ?? null }
  return withMembers(objectText(extra), { [OWN_KEY]: JSON.stringify(own) })
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
function swipeChanges(line: string, { read, said }: { read: ReadLine; said: Said }): Record<string, string> {
  const { wordings, index } = said
  const old = listTexts(memberText(line, 'swipes'))
  const swipes = wordings.map(({ content }, place) => textInPlaceOf(old[place], content))
  const changes: Record<string, string> = {}
  if (swipes.some((text, place) => text !== old[place])) changes['swipes'] = `[${swipes.join(',')}]`
  if (memberText(line, 'swipe_id') !== String(index)) changes['swipe_id'] = String(index)
  const infos = listTexts(memberText(line, 'swipe_info'))
  const all = wordings.map((wording, place) => {
    const info = infos[place] ?? JSON.stringify(infoOf(wording))
    if (isOwnSame(read, said, place)) return info
    return withMembers(info, { extra: withOwn(memberText(info, 'extra'), said, place) })
  })
  const isMore = wordings.length > Math.max(1, old.length)
  // Of the one in use the message itself tells it.
  const isNews = all.some(
    (info, place) =>
      info !== infos[place] &&
      !isOwnSame(read, said, place) &&
      (place !== index || infos[place] !== undefined),
  )
  if (isMore || isNews) changes['swipe_info'] = `[${all.join(',')}]`
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
  const { role, name, created_at } = message
  const wording = said.wordings[said.index] ?? message
  const file = `${name}.png`
  return JSON.stringify({
    name,
    is_user: role === 'user',
    is_system: message.is_excluded,
    send_date: created_at,
    mes: wording.content,
    extra: {
      ...(role === 'system' ? { type: 'narrator' } : {}),
      ...modelMembers(wording.generation),
      ...ownExtra({ ...wording, is_spoken: message.is_spoken }),
      ...(branches ? { branches } : {}),
    },
    ...(isGroup && role === 'assistant'
      ? { original_avatar: file, force_avatar: `/thumbnail?type=avatar&file=${encodeURIComponent(file)}` }
      : {}),
    ...(said.wordings.length > 1 ? swipesOf(said) : {}),
  })
}

function swipesOf({ wordings, index }: Said): object {
  return {
    swipe_id: index,
    swipes: wordings.map(({ content }) => content),
    swipe_info: wordings.map(infoOf),
  }
}

function infoOf(wording: Said['wordings'][number]): object {
  const { created_at, generation } = wording
  return { send_date: created_at, extra: { ...modelMembers(generation), ...ownExtra(wording) } }
}

function modelMembers(generation: WholeMessage['generation']): object {
  if (!generation) return {}
  const { model, completion_tokens } = generation
  return { model, ...(completion_tokens === undefined ? {} : { token_count: completion_tokens }) }
}
