import { createReadStream } from 'node:fs'
import { open, readFile } from 'node:fs/promises'
import { AppError } from '../errors.ts'
import { type Chat, type DocumentChat } from './chat.ts'
import { type ChatReport } from './chat-report.ts'
import { readDocument } from './documents/documents.ts'
import { parsedJson } from './json.ts'
import { isOwn, ownIn, type OwnFile, readOwn } from './own-format.ts'
import { SillyTavernChat } from './sillytavern/read-chat.ts'
import { isHeader } from './sillytavern/read-header.ts'
import { readLine } from './sillytavern/read-line.ts'

const BEGINNING_BYTES = 64 * 1024
/** A document that is no JSON Lines has to be in memory as a whole. */
const MAX_DOCUMENT_BYTES = 64 * 1024 * 1024

export type OpenedChats =
  | { readonly kind: 'own'; readonly file: OwnFile }
  | { readonly kind: 'chats'; readonly chats: readonly Chat[] }

/**
 * Finds out whose file it is, by what is in it, never by its name.
 * @throws AppError `invalid` if nobody's.
 */
export async function openChats(path: string, report: ChatReport): Promise<OpenedChats> {
  const { beginning, bytes } = await lookInto(path)
  if (bytes === 0) throw new AppError('invalid', 'The file is empty')
  if (isOwn(beginning)) return { kind: 'own', file: await readOwn(createReadStream(path)) }
  if (!isJsonLines(beginning) && /^[[{]/u.test(beginning) && bytes <= MAX_DOCUMENT_BYTES) {
    const document = parsedJson((await readFile(path, 'utf8')).replace(/^\uFEFF/u, ''))
    const own = ownIn(document)
    if (own) return { kind: 'own', file: own }
    const chats = readDocument(document, report)
    if (chats.length > 0) return { kind: 'chats', chats: chats.map(asChat) }
    if (document !== undefined && !isLine(document)) {
      throw new AppError('invalid', 'It is JSON, but no chat of a program that Troupe knows')
    }
  }
  return { kind: 'chats', chats: [new SillyTavernChat(createReadStream(path), report)] }
}

async function lookInto(path: string): Promise<{ beginning: string; bytes: number }> {
  await using file = await open(path)
  const { bytesRead, buffer } = await file.read(Buffer.alloc(BEGINNING_BYTES), 0, BEGINNING_BYTES, 0)
  const { size } = await file.stat()
  const beginning = buffer.subarray(0, bytesRead).toString('utf8')
  return { beginning: beginning.replace(/^[\s\uFEFF]+/u, ''), bytes: size }
}

/** Whether the first line is one by itself. */
function isJsonLines(beginning: string): boolean {
  const [line = ''] = beginning.split('\n', 1)
  return isLine(parsedJson(line))
}

function isLine(json: unknown): boolean {
  return isHeader(json) || readLine(json) !== undefined
}

function asChat({ format, head, messages }: DocumentChat): Chat {
  return {
    format,
    head: () => ({ ...head, source: '' }),
    messages: (async function* all() {
      yield await Promise.resolve(messages)
    })(),
  }
}
