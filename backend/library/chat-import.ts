import { type CardReport, type Conversation, ConversationDraft } from '#shared/entities.ts'
import { type Chat } from '../chats/chat.ts'
import { ChatReport } from '../chats/chat-report.ts'
import { openChats } from '../chats/open-chats.ts'
import { type OwnFile } from '../chats/own-format.ts'
import { AppError, toAppError } from '../errors.ts'
import { type Clock } from '../lib/clock.ts'
import { type ConversationHead, type Store } from '../store/contract.ts'
import { ChatLines } from './chat-lines.ts'
import { ownLines, resolvedCast } from './own-lines.ts'
import { Speakers } from './speakers.ts'
import { baseName, titleOfFile } from './file-name.ts'

/** A file that came in, somewhere on this machine's disk. */
export interface ReceivedFile {
  /** As its sender calls it. */
  readonly name: string
  readonly path: string
  /** SHA-256 of all of it. */
  readonly hash: string
  /** Puts it where it stays. */
  keep(): Promise<void>
}

export interface ChatImportOptions {
  /** Whose chat it is; undefined: whoever is called so. */
  readonly characterId: string | undefined
  /** What to do with a file that was imported before. */
  readonly onDuplicate: 'skip' | 'copy'
}

/** What became of a file, or of one of the chats in it. */
export interface ChatImported {
  readonly file: string
  readonly ok: boolean
  readonly conversation?: Conversation
  readonly report?: CardReport
  /** Who spoke in it and is not in the library: their names stay on what they said. */
  readonly unmatched?: readonly string[]
  /** The conversation that this file was imported as before. */
  readonly duplicate_of?: string
  readonly error?: string
  readonly code?: string
}

/** Takes in the chats of a file, one after the other. Never rejects: what went wrong is in the answer. */
export async function* importChats(
  { store, clock }: { readonly store: Store; readonly clock: Pick<Clock, 'date'> },
  file: ReceivedFile,
  options: ChatImportOptions,
): AsyncGenerator<ChatImported> {
  try {
    if (options.characterId !== undefined) await store.characters.get(options.characterId)
    const known = options.onDuplicate === 'skip' ? await duplicatesOf(store, file.hash) : []
    if (known.length > 0) {
      for (const conversation of known) {
        yield { file: file.name, ok: true, conversation, duplicate_of: conversation.conversation_id }
      }
      return
    }
    const report = new ChatReport()
    const opened = await openChats(file.path, report)
    if (opened.kind === 'own') yield await importOwn(store, file, opened.file)
    else {
      for (const [index, chat] of opened.chats.entries()) {
        const number = opened.chats.length > 1 ? index + 1 : undefined
        yield await importOne(store, { file, chat, report, number, options, now: clock.date() })
      }
    }
  } catch (thrown) {
    const { message, code } = toAppError(thrown)
    yield { file: file.name, ok: false, error: message, code }
  }
}

async function duplicatesOf(store: Store, hash: string): Promise<Conversation[]> {
  const found: Conversation[] = []
  for (const { kind, id } of await store.originals.withHash(hash)) {
    const conversation = kind === 'conversation' ? await store.conversations.find(id) : undefined
    if (conversation) found.push(conversation)
  }
  return found
}

interface OneChat {
  readonly file: ReceivedFile
  readonly chat: Chat
  readonly report: ChatReport
  /** Which chat of the file it is, if there are several. */
  readonly number: number | undefined
  readonly options: ChatImportOptions
  readonly now: Date
}

async function importOne(store: Store, one: OneChat): Promise<ChatImported> {
  const { file, chat, report, options } = one
  // Of SillyTavern's files every byte is kept with the messages; of the others the file itself is.
  if (chat.format !== 'sillytavern') await file.keep()
  const speakers = new Speakers(store, options.characterId)
  const lines = new ChatLines(chat, { speakers, report, now: one.now })
  const head = (): ConversationHead => headOf(one, speakers)
  const conversation = await store.conversations.importWhole(lines.messages(), head)
  for (const name of speakers.unmatched) {
    report.ignored(name, 'is nobody in the library; the name stays on what was said')
  }
  return {
    file: file.name,
    ok: true,
    conversation,
    report: report.result(),
    unmatched: speakers.unmatched,
  }
}

function headOf({ file, chat, report, number }: OneChat, speakers: Speakers): ConversationHead {
  const { title, createdAt, authorNote, source } = chat.head()
  const named = title?.trim() || `${titleOfFile(file.name)}${number === undefined ? '' : ` ${number}`}`
  return {
    conversation: {
      ...ConversationDraft.parse({ title: named.slice(0, 500).toWellFormed() }),
      active_characters: speakers.cast.slice(0, 100),
      author_note: authorNote,
      created_at: createdAt?.toISOString(),
    },
    original: {
      format: chat.format,
      file_name: baseName(file.name),
      hash: file.hash,
      source,
      report: report.result(),
    },
  }
}

async function importOwn(store: Store, file: ReceivedFile, own: OwnFile): Promise<ChatImported> {
  const cast = await resolvedCast(store, own.head.cast)
  const { conversation, origin } = own.head
  const here = (ids: readonly string[]): string[] => ids.flatMap((id) => cast.get(id) ?? [])
  const report = new ChatReport()
  const unmatched = own.head.cast.filter(({ id }) => !cast.has(id)).map(({ name }) => name)
  for (const name of unmatched) {
    report.ignored(name, 'is nobody in the library; the name stays on what was said')
  }
  const imported = await store.conversations.importWhole(ownLines(own.messages, cast), () => ({
    conversation: {
      ...conversation,
      active_characters: here(conversation.active_characters),
      muted_characters: here(conversation.muted_characters),
    },
    original: {
      ...(origin ?? {
        format: 'troupe',
        file_name: baseName(file.name),
        source: '',
        report: report.result(),
      }),
      hash: file.hash,
    },
  }))
  return { file: file.name, ok: true, conversation: imported, report: report.result(), unmatched }
}

/** @throws AppError `invalid` */
export function importOptions(query: {
  character_id?: string | undefined
  on_duplicate?: string | undefined
}): ChatImportOptions {
  const { character_id, on_duplicate: onDuplicate = 'skip' } = query
  if (onDuplicate !== 'skip' && onDuplicate !== 'copy') {
    throw new AppError('invalid', 'Say on_duplicate=skip or on_duplicate=copy')
  }
  return { characterId: character_id || undefined, onDuplicate }
}
