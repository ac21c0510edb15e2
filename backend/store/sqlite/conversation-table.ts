import { type Conversation, type ConversationDraft, type ConversationPatch } from '#shared/entities.ts'
import { AppError } from '../../errors.ts'
import { type prepareConversations } from './conversation-statements.ts'
import { type Database } from './database.ts'
import { found, revised } from './rows.ts'

type Statements = ReturnType<typeof prepareConversations>

/** Inserts in the same tick, for transactions that span tables. */
export type InsertConversation = (conversation_id: string, draft: ConversationDraft) => Conversation

/** Reading and writing whole conversations, cast included, in the tick of the call. */
export interface ConversationTable {
  readonly find: (conversation_id: string) => Conversation | undefined
  /** @throws AppError `not_found` */
  readonly read: (conversation_id: string) => Conversation
  readonly insert: InsertConversation
  /** @throws AppError `conflict` if it expects another revision. */
  readonly update: (patch: ConversationPatch) => Conversation
}

export function conversationTable({ sqlite, now }: Database, statements: Statements): ConversationTable {
  const find = (conversation_id: string): Conversation | undefined => statements.one.get({ conversation_id })
  const read = (id: string): Conversation => found(find(id), `the conversation "${id}"`)

  const insert: InsertConversation = sqlite.transaction((conversation_id, draft) => {
    checkPersona(statements, draft.persona_id)
    const created_at = now()
    statements.insert.run({ ...draft, conversation_id, revision: 1, created_at, updated_at: created_at })
    setCast(statements, conversation_id, draft.active_characters ?? [])
    return read(conversation_id)
  })
  const update = sqlite.transaction((patch: ConversationPatch): Conversation => {
    const { conversation_id, persona_id, active_characters } = patch
    const changed = revised(read(conversation_id), patch, now())
    checkPersona(statements, changed.persona_id)
    statements.update.run(changed)
    // What is not named stays as it is stored: it may name somebody who is in the trash and comes back.
    if (persona_id !== undefined) statements.play.run({ conversation_id, persona_id })
    if (active_characters !== undefined) setCast(statements, conversation_id, active_characters)
    return read(conversation_id)
  })
  return { find, read, insert, update }
}

function checkPersona(statements: Statements, persona_id: string | null | undefined): void {
  if (persona_id === null || persona_id === undefined || statements.persona.get({ persona_id })) return
  throw new AppError('invalid', `Cannot set who you are: there is no persona "${persona_id}"`)
}

/** Those who are in the trash keep their places among them. */
function setCast(statements: Statements, conversation_id: string, characterIds: readonly string[]): void {
  const present = [...new Set(characterIds)]
  const unknown = present.filter((id) => !statements.character.get({ id }))
  if (unknown.length > 0) {
    throw new AppError('invalid', `Cannot set the cast: there is no character "${unknown.join('", "')}"`)
  }
  for (const [place, { character_id, deleted_at }] of statements.cast.all({ conversation_id }).entries()) {
    if (deleted_at !== null) present.splice(place, 0, character_id)
  }
  statements.emptyCast.run({ conversation_id })
  for (const [place, character_id] of present.entries()) {
    statements.join.run({ conversation_id, character_id, place })
  }
}
