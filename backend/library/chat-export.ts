import { type Conversation } from '#shared/entities.ts'
import { writeMarkdown } from '../chats/markdown.ts'
import { type OwnHead, writeOwn } from '../chats/own-format.ts'
import { type SillyTavernFile, writeSillyTavern } from '../chats/sillytavern/write-chat.ts'
import { type Original, type Store, type WholeMessage } from '../store/contract.ts'
import { fileNameOf, titleOfFile } from './file-name.ts'

export const CHAT_FORMATS = ['jsonl', 'json', 'md'] as const
export type ChatExportFormat = (typeof CHAT_FORMATS)[number]

/** A conversation as a file. */
export interface ExportedChat {
  readonly fileName: string
  readonly type: string
  readonly content: AsyncIterable<string | Uint8Array>
}

/** @throws AppError `not_found` */
export async function exportChat(
  store: Store,
  conversationId: string,
  format: ChatExportFormat,
): Promise<ExportedChat> {
  const conversation = await store.conversations.get(conversationId)
  const original = await store.originals.find('conversation', conversationId)
  const fileName = fileOf(conversation, original, format)
  if (format === 'jsonl') {
    const content = writeSillyTavern(sillyTavernFile(store, conversation, original))
    return { fileName, type: 'application/jsonl; charset=utf-8', content }
  }
  if (format === 'md') {
    const content = writeMarkdown(conversation, shown(store.conversations.exportWhole(conversationId)))
    return { fileName, type: 'text/markdown; charset=utf-8', content }
  }
  const head = await ownHeadOf(store, conversation, original)
  const content = writeOwn(head, store.conversations.exportWhole(conversationId))
  return { fileName, type: 'application/json; charset=utf-8', content }
}

/** As the file it came from was called, unless it was renamed since. */
function fileOf({ title }: Conversation, original: Original | undefined, format: ChatExportFormat): string {
  const isJsonLines = original?.format === 'sillytavern' && format === 'jsonl'
  const isItsName = isJsonLines && titleOfFile(original.file_name) === title
  return isItsName
    ? fileNameOf(original.file_name.replace(/\.jsonl$/iu, ''), 'jsonl')
    : fileNameOf(title || 'conversation', format)
}

export function sillyTavernFile(
  store: Store,
  conversation: Conversation,
  original: Original | undefined,
): SillyTavernFile {
  const { conversation_id, author_note, active_characters } = conversation
  return {
    conversationId: conversation_id,
    authorNote: author_note,
    head: original?.format === 'sillytavern' ? original.source : undefined,
    messages: shown(store.conversations.exportWhole(conversation_id)),
    isGroup: active_characters.length > 1,
  }
}

async function* shown(
  pieces: AsyncIterable<readonly WholeMessage[]>,
): AsyncGenerator<readonly WholeMessage[]> {
  for await (const piece of pieces) yield piece.filter(({ hidden_under }) => hidden_under === null)
}

async function ownHeadOf(
  store: Store,
  conversation: Conversation,
  original: Original | undefined,
): Promise<OwnHead> {
  const { conversation_id: id, revision: _revision, summary_until: _until, ...settings } = conversation
  const speakers = await store.conversations.speakersOf(id)
  const ids = new Set([...conversation.active_characters, ...speakers])
  const cast = (await store.characters.getMany([...ids])).map((one) => ({ id: one.id, name: one.name }))
  const origin = original && original.format !== 'troupe' ? originOf(original) : null
  return { conversation: settings, cast, origin }
}

function originOf({ format, file_name, source, report }: Original): NonNullable<OwnHead['origin']> {
  return { format, file_name, source, report }
}
