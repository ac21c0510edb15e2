import { type ConversationStore } from '../contract.ts'
import { type Database } from './database.ts'
import { exporterOf } from './export-conversation.ts'
import { importerOf } from './import-conversation.ts'
import { attempt } from './storage-errors.ts'

/** By what a speaker is called, or by the file their card came from: those whose card it is first. */
const SPEAKER = `
  SELECT id FROM (
    SELECT characters.id, 0 AS rank, characters.created_at FROM originals
    JOIN characters ON characters.id = originals.id
    WHERE originals.kind = 'character' AND originals.file_name = @file AND characters.deleted_at IS NULL
    UNION ALL
    SELECT id, 1, created_at FROM characters
    WHERE deleted_at IS NULL AND name = @name COLLATE NOCASE
    UNION ALL
    SELECT id, 2, created_at FROM characters
    WHERE deleted_at IS NULL AND nickname <> '' AND nickname = @name COLLATE NOCASE
  ) ORDER BY rank, created_at LIMIT 1`

const SPEAKERS = `
  SELECT DISTINCT character_id FROM messages
  WHERE conversation_id = ? AND character_id IS NOT NULL AND deleted_at IS NULL ORDER BY character_id`

/** Whole conversations, in and out. */
export function wholeConversations(
  database: Database,
): Pick<ConversationStore, 'importWhole' | 'exportWhole' | 'speakersOf' | 'findSpeaker'> {
  const speaker = database.sqlite.prepare<object, string>(SPEAKER).pluck()
  const speakers = database.sqlite.prepare<[string], string>(SPEAKERS).pluck()
  return {
    speakersOf: (conversationId) => attempt('read the conversation', () => speakers.all(conversationId)),
    importWhole: importerOf(database),
    exportWhole: exporterOf(database),
    findSpeaker: ({ name, file }) =>
      attempt('look for a character', () => speaker.get({ name: name.trim(), file: file ?? '' })),
  }
}
