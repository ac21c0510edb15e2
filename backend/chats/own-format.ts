import { z } from 'zod'
import { Alternative, CardReport, Conversation, Message } from '#shared/entities.ts'
import { AppError } from '../errors.ts'
import { type ConversationHead, type WholeMessage } from '../store/contract.ts'
import { parsedJson } from './json.ts'
import { linesOf } from './lines.ts'

/** Our own file of a conversation: all of it, as JSON, with each message on a line of its own. */

export const FORMAT = 'troupe-conversation'
const VERSION = 1

const Position = z.number().int().min(0)

/** Whom the ids mean, for a library in which they mean somebody else. */
const Cast = z.array(z.object({ id: z.string(), name: z.string() })).max(10_000)
export type Cast = z.infer<typeof Cast>

const Head = z.object({
  ...Conversation.omit({ conversation_id: true, revision: true, summary_until: true }).shape,
})

/** What it came from, so that the file of another program can still be given back as it was. */
const Origin = z.object({
  format: z.string(),
  file_name: z.string(),
  source: z.string(),
  report: CardReport,
})
export type Origin = z.infer<typeof Origin>

const Line = z.object({
  ...Message.omit({ message_id: true, conversation_id: true, revision: true, alternative_count: true }).shape,
  alternatives: z.array(Alternative.omit({ index: true })).default([]),
  hidden_under: z.object({ message: Position, alternative: Position }).nullable().default(null),
  is_summary_end: z.boolean().default(false),
  source: z
    .union([z.string(), z.object({ base64: z.string() })])
    .nullable()
    .default(null),
})

export interface OwnHead {
  readonly conversation: ConversationHead['conversation']
  readonly cast: Cast
  readonly origin: Origin | null
}

/** Pieces of the text of a file, in order. */
export async function* writeOwn(
  head: OwnHead,
  messages: AsyncIterable<readonly WholeMessage[]>,
): AsyncGenerator<string> {
  const { conversation, cast, origin } = head
  yield `{"format":"${FORMAT}","version":${VERSION},\n`
  yield `"conversation":${JSON.stringify(conversation)},\n`
  yield `"cast":${JSON.stringify(cast)},\n`
  yield `"origin":${JSON.stringify(origin)},\n"messages":[`
  let isFirst = true
  for await (const piece of messages) {
    for (const message of piece) {
      yield `${isFirst ? '' : ','}\n${JSON.stringify({ ...message, source: sourceOut(message.source) })}`
      isFirst = false
    }
  }
  yield '\n]}\n'
}

function sourceOut(source: WholeMessage['source']): unknown {
  return source === null || typeof source === 'string'
    ? source
    : { base64: Buffer.from(source).toString('base64') }
}

const BEGINNING = new RegExp(`^\\{"format":"${FORMAT}","version":\\d+,\\n`, 'u')

/** Whether a file begins as ours do, line for line; one that somebody has put into another form is for `ownIn`. */
export function isOwn(beginning: string): boolean {
  return BEGINNING.test(beginning)
}

export interface OwnFile {
  readonly head: OwnHead
  readonly messages: AsyncIterable<readonly WholeMessage[]>
}

/** Reads a file as `writeOwn` writes it, line by line. @throws AppError `invalid` that says where it is broken. */
export async function readOwn(bytes: AsyncIterable<Uint8Array>): Promise<OwnFile> {
  const lines = linesOf(bytes)
  const begun: string[] = []
  for (;;) {
    const { value, done } = await lines.next()
    if (done) throw broken(begun.length + 1)
    const texts = value.map((line) => line.toString('utf8').trim())
    const start = texts.indexOf('"messages":[')
    if (start < 0) begun.push(...texts)
    else {
      begun.push(...texts.slice(0, start + 1))
      const head = headIn(parsedJson(`${begun.join('')}]}`))
      return { head, messages: readMessages(texts.slice(start + 1), lines, begun.length) }
    }
    if (begun.length > 1_000) throw broken(1)
  }
}

async function* readMessages(
  first: readonly string[],
  lines: AsyncGenerator<Buffer[]>,
  linesBefore: number,
): AsyncGenerator<readonly WholeMessage[]> {
  let number = linesBefore
  let isWhole = false
  const read = (text: string): WholeMessage[] => {
    number += 1
    if (text === ']}') isWhole = true
    if (text === ']}' || text === '') return []
    return [messageIn(parsedJson(text.replace(/,$/u, '')), number)]
  }
  yield first.flatMap(read)
  for await (const more of lines) yield more.flatMap((line) => read(line.toString('utf8').trim()))
  if (!isWhole) throw new AppError('invalid', `The file is cut off after line ${number}; it is not whole`)
}

/** The same from a document that somebody has put into another form. */
export function ownIn(json: unknown): OwnFile | undefined {
  const document = z
    .object({ format: z.literal(FORMAT), messages: z.array(z.unknown()) })
    .safeParse(json).data
  if (!document) return undefined
  const head = headIn(json)
  const messages = document.messages.map((one, index) => messageIn(one, index + 1))
  return { head, messages: once(messages) }
}

async function* once(messages: readonly WholeMessage[]): AsyncGenerator<readonly WholeMessage[]> {
  yield await Promise.resolve(messages)
}

function headIn(json: unknown): OwnHead {
  // First of all: whatever else a newer one writes may look different.
  const version = z.object({ version: z.number() }).safeParse(json).data?.version
  if (version !== undefined && version > VERSION) {
    throw new AppError('invalid', 'A newer Troupe has written this conversation; update this one to read it')
  }
  const schema = z.object({
    version: z.number(),
    conversation: Head,
    cast: Cast.default([]),
    origin: Origin.nullable().default(null),
  })
  const head = schema.safeParse(json)
  if (!head.success) throw broken(1, head.error.issues[0])
  return head.data
}

function messageIn(json: unknown, number: number): WholeMessage {
  const line = Line.safeParse(json)
  if (!line.success) throw broken(number, line.error.issues[0])
  const { source, ...message } = line.data
  const isBytes = source !== null && typeof source !== 'string'
  return { ...message, source: isBytes ? Buffer.from(source.base64, 'base64') : source }
}

function broken(number: number, issue?: z.core.$ZodIssue): AppError {
  const reason = issue ? ` (${issue.path.join('.')}: ${issue.message})` : ''
  return new AppError('invalid', `The file is broken at line ${number}${reason}; nothing of it was taken`)
}
