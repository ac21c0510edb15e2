import { shallowRef, type ShallowRef } from 'vue'
import { type Message } from '#shared/entities.ts'
import { SparseLines } from './sparse-lines.ts'
import {
  changeLine,
  cutBehind,
  insertLine,
  isLocal,
  lineOf,
  type Lines,
  putLine,
  refreshed,
  removeLine,
  replaceBehind,
} from './transcript.ts'

/** With more of the newest lines than this, some of them are counted among the older ones. */
const MOST_NEWEST = 240
const FEWEST_NEWEST = 120
/** Of the older ones, so many are held. */
const MOST_HELD = 800

/** How the lines stood at some time. */
export interface PagesAt {
  readonly lines: Lines
  readonly older: SparseLines
}

/** All lines of a conversation, of which only some are held: the newest, and those the user looked at. */
export class ScriptPages {
  /** The newest, without a gap up to the end. */
  readonly lines: ShallowRef<Lines> = shallowRef([])
  /** What was said before them. */
  readonly older: ShallowRef<SparseLines> = shallowRef(SparseLines.none)

  get count(): number {
    return this.older.value.count + this.lines.value.length
  }

  get now(): PagesAt {
    return { lines: this.lines.value, older: this.older.value }
  }

  /** @param count of all there are, of which these are the newest. */
  show(messages: readonly Message[], count: number): void {
    this.older.value = SparseLines.unknown(count - messages.length)
    this.lines.value = messages.map(lineOf)
  }

  refresh(messages: readonly Message[]): void {
    this.lines.value = refreshed(this.lines.value, messages)
  }

  /** The line at an index, counted from the oldest; nothing where it has not been fetched. */
  at(index: number): Lines[number] | undefined {
    const { lines, older } = this.now
    return index < older.count ? older.at(index) : lines[index - older.count]
  }

  find(id: string): Lines[number] | undefined {
    return this.lines.value.findLast((line) => line.id === id) ?? this.older.value.find(id)
  }

  /** @returns -1 if it is not held. */
  indexOf(id: string): number {
    const index = this.lines.value.findLastIndex((line) => line.id === id)
    return index === -1 ? this.older.value.indexOf(id) : this.older.value.count + index
  }

  /** Older lines that were fetched. */
  place(start: number, messages: readonly Message[]): void {
    const { lines: newest, older } = this.now
    const seam = messages.findIndex((message) => newest.some(({ id }) => id === message.message_id))
    const lines = messages.slice(0, seam === -1 ? undefined : seam).map(lineOf)
    // What was thought to be older is among the newest: there are fewer than were counted.
    const fitting = seam === -1 ? older : older.cutAt(start + seam)
    this.older.value = fitting.place(start, lines).trim(start, MOST_HELD)
  }

  /** How many lines there are before the newest. @param anchor a line whose place was asked for */
  settle(olderCount: number, anchor?: { readonly id: string; readonly index: number }): void {
    if (anchor === undefined && this.older.value.count === olderCount) return
    this.older.value = this.older.value.settle(olderCount, anchor)
  }

  put(message: Message): void {
    const line = lineOf(message)
    const known = this.find(line.id)
    // It may be sounding right now.
    const { sounding, heardUntil } = known?.text === line.text ? known : line
    this.write({ ...line, sounding, heardUntil })
  }

  /** In its place if the line is known, at the end if not. */
  write(line: Lines[number]): void {
    const isOlder = this.older.value.indexOf(line.id) !== -1
    if (isOlder) this.change(line.id, line)
    else this.lines.value = putLine(this.lines.value, line)
  }

  change(id: string, change: Partial<Lines[number]>): void {
    const { lines, older } = this.now
    const changed = changeLine(lines, id, change)
    if (changed === lines) this.older.value = older.change(id, change)
    else this.lines.value = changed
  }

  /** A line that is there again. */
  insert(index: number, message: Message): void {
    const { lines, older } = this.now
    if (this.find(message.message_id) !== undefined) return
    if (index < older.count) this.older.value = older.insert(index, lineOf(message))
    else this.lines.value = insertLine(lines, index - older.count, lineOf(message))
  }

  /** @returns whether it was known. */
  remove(id: string): boolean {
    if (this.find(id) === undefined) return false
    this.lines.value = removeLine(this.lines.value, id)
    this.older.value = this.older.value.remove(id)
    return true
  }

  /** The line is the newest now, apart from what is still to be sent. */
  cutBehind(id: string): void {
    const { lines, older } = this.now
    const index = older.indexOf(id)
    const line = older.at(index)
    if (line === undefined) {
      this.lines.value = cutBehind(lines, id)
    } else {
      this.older.value = older.cutAt(index)
      this.lines.value = [line, ...lines.filter(isLocal)]
    }
  }

  replaceBehind(id: string, page: readonly Message[]): void {
    this.lines.value = replaceBehind(this.lines.value, id, page)
  }

  /** As it was, but for what the user has said meanwhile. */
  bringBack({ lines, older }: PagesAt): void {
    const pending = this.lines.value.filter(isLocal)
    this.older.value = older
    this.lines.value = [...lines.filter((line) => !isLocal(line)), ...pending]
  }

  /** In a long talk, what was said a while ago need not be held for ever. */
  settleNewest(): void {
    const { lines, older } = this.now
    const moved = lines.slice(0, -FEWEST_NEWEST)
    if (lines.length <= MOST_NEWEST || moved.some(isLocal)) return
    this.older.value = older.push(moved).trim(this.count, MOST_HELD)
    this.lines.value = lines.slice(-FEWEST_NEWEST)
  }
}
