import { createHash } from 'node:crypto'
import { type DepthPrompt } from '#shared/entities.ts'
import { type WholeMessage } from '../../store/contract.ts'
import { memberText, withMembers } from '../json-text.ts'
import { headerLine, noteMembers, readHeader } from './read-header.ts'
import { type LineMarks, sourceOf } from './write-line.ts'

/** What is to be written. */
export interface SillyTavernFile {
  readonly conversationId: string
  readonly authorNote: DepthPrompt | null
  /** What stood before the first message, if it came from such a file. */
  readonly head: string | undefined
  readonly messages: AsyncIterable<readonly WholeMessage[]>
  readonly isGroup: boolean
  /** The name of the file that this one is a branch of. */
  readonly mainChat?: string | undefined
  /** The names of the branches that leave from a message. */
  readonly branchesAt?: (message: WholeMessage) => readonly string[] | undefined
}

/** Writes a chat as it stood in its file, with what was changed since. Messages that are not shown are left out. */
export async function* writeSillyTavern(file: SillyTavernFile): AsyncGenerator<string | Uint8Array> {
  const lines = new Lines()
  yield lines.next(headOf(file))
  for await (const piece of file.messages) {
    for (const message of piece) {
      const marks: LineMarks = { isGroup: file.isGroup, branches: file.branchesAt?.(message) }
      for (const part of lines.around(sourceOf(message, marks))) yield part
    }
  }
}

const LINE_FEED = 0x0a

/** Puts a line end where one is missing, of the kind that the file has. */
class Lines {
  #newline = '\n'
  #isOpen = false

  /** The part, which the next one may have to be parted from. */
  next(part: string): string {
    if (part.includes('\r\n')) this.#newline = '\r\n'
    this.#isOpen = part !== '' && part !== '\uFEFF' && !part.endsWith('\n')
    return part
  }

  around(part: string | Uint8Array): (string | Uint8Array)[] {
    const parts = this.#isOpen ? [this.#newline, part] : [part]
    if (typeof part === 'string') this.next(part)
    else this.#isOpen = part.at(-1) !== LINE_FEED
    return parts
  }
}

function headOf(file: SillyTavernFile): string {
  const { head, authorNote, mainChat } = file
  const line = head === undefined ? undefined : headerLine(head)
  if (head === undefined || !line) {
    const isNeeded = head === undefined || authorNote !== null || mainChat !== undefined
    return isNeeded ? `${head ?? ''}${newHeader(file)}\n` : head
  }
  const isSame = JSON.stringify(readHeader(head).authorNote) === JSON.stringify(authorNote)
  if (isSame && mainChat === undefined) return head
  const metadata = memberText(line.text, 'chat_metadata')
  const changes = {
    ...(isSame ? {} : noteMembers(authorNote)),
    ...(mainChat === undefined ? {} : { main_chat: mainChat }),
  }
  const changed = withMembers(metadata?.startsWith('{') ? metadata : '{}', jsonTexts(changes))
  const patched = withMembers(line.text, { chat_metadata: changed })
  return head.slice(0, line.start) + patched + head.slice(line.start + line.text.length)
}

function newHeader({ conversationId, authorNote, mainChat }: SillyTavernFile): string {
  return JSON.stringify({
    chat_metadata: {
      integrity: integrityOf(`${conversationId} ${mainChat ?? ''}`),
      ...(mainChat === undefined ? {} : { main_chat: mainChat }),
      ...(authorNote ? noteMembers(authorNote) : {}),
    },
    user_name: 'unused',
    character_name: 'unused',
  })
}

/** Looks like a random one, and is the same each time the same conversation is written. */
function integrityOf(id: string): string {
  const hex = createHash('sha256').update(id).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

function jsonTexts(values: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, JSON.stringify(value)]))
}
