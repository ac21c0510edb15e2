import { isUtf8 } from 'node:buffer'
import { AppError } from '../../errors.ts'
import { type Chat, type ChatHead, type ChatMessage } from '../chat.ts'
import { type ChatReport } from '../chat-report.ts'
import { parsedJson } from '../json.ts'
import { linesOf } from '../lines.ts'
import { isHeader, readHeader } from './read-header.ts'
import { readLine, type ReadLine } from './read-line.ts'

/**
 * Reads SillyTavern's JSON Lines, and what others make of them. Every byte of the file ends up in a `source`: that of
 * the message it stands in or behind, or that of the head. So what cannot be read is kept in its place.
 */
export class SillyTavernChat implements Chat {
  readonly format = 'sillytavern'
  readonly #bytes: AsyncIterable<Uint8Array>
  readonly #report: ChatReport
  #before: Buffer[] = []
  #hasHeader = false
  #current: { readonly line: ReadLine; readonly parts: Buffer[] } | undefined
  #number = 0

  constructor(bytes: AsyncIterable<Uint8Array>, report: ChatReport) {
    this.#bytes = bytes
    this.#report = report
  }

  head(): ChatHead {
    return readHeader(Buffer.concat(this.#before).toString('utf8'), this.#report)
  }

  /** @throws AppError `invalid` if there is neither a header nor a message in the file. */
  get messages(): AsyncIterable<readonly ChatMessage[]> {
    return this.#read()
  }

  async *#read(): AsyncGenerator<readonly ChatMessage[]> {
    for await (const lines of linesOf(this.#bytes)) {
      const done = lines.flatMap((line) => this.#take(line) ?? [])
      if (done.length > 0) yield done
    }
    const last = this.#finished()
    if (last) yield [last]
    else if (!this.#hasHeader) {
      throw new AppError('invalid', 'It is no chat: none of its lines is a message')
    }
  }

  /** @returns the message before, if this line begins a new one. */
  #take(line: Buffer): ChatMessage | undefined {
    this.#number += 1
    const path = `line ${this.#number}`
    const text = line.toString('utf8').replaceAll('\0', '').trim()
    const json = parsedJson(text)
    const read = readLine(json, { report: this.#report, path })
    if (!read) {
      this.#keep(line, { text, json, path })
      return undefined
    }
    const done = this.#finished()
    this.#current = { line: read, parts: [line] }
    return done
  }

  /** A line that is no message stays where it is. */
  #keep(line: Buffer, { text, json, path }: { text: string; json: unknown; path: string }): void {
    const isFirst = !this.#hasHeader && !this.#current
    if (isFirst && isHeader(json)) this.#hasHeader = true
    else if (text !== '') this.#report.ignored(path, reasonFor(json))
    const parts = this.#current?.parts ?? this.#before
    parts.push(line)
  }

  #finished(): ChatMessage | undefined {
    const current = this.#current
    this.#current = undefined
    if (!current) return undefined
    const bytes = Buffer.concat(current.parts)
    return { ...current.line, source: isUtf8(bytes) ? bytes.toString('utf8') : bytes }
  }
}

function reasonFor(json: unknown): string {
  return json === undefined
    ? 'is broken or cut off; it is kept as it is'
    : 'is no message; it is kept as it is'
}
