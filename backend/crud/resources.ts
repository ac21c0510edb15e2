import { type RequestType } from '#shared/protocol/requests.ts'

/** A resource and its requests. What the path names has the names of the fields, so that it needs no mapping. */
export interface Resource {
  readonly path: string
  readonly key: string
  readonly list: RequestType
  readonly create: RequestType
  readonly get: RequestType
  readonly update: RequestType
  readonly remove: RequestType
}

export const RESOURCES: readonly Resource[] = [
  {
    path: '/characters',
    key: 'id',
    list: 'get_characters',
    create: 'create_character',
    get: 'get_character',
    update: 'update_character',
    remove: 'delete_character',
  },
  {
    path: '/voices',
    key: 'voice_id',
    list: 'get_voices',
    create: 'create_voice',
    get: 'get_voice',
    update: 'update_voice',
    remove: 'delete_voice',
  },
  {
    path: '/conversations',
    key: 'conversation_id',
    list: 'get_conversations',
    create: 'create_conversation',
    get: 'get_conversation',
    update: 'update_conversation',
    remove: 'delete_conversation',
  },
  {
    path: '/conversations/:conversation_id/messages',
    key: 'message_id',
    list: 'get_messages',
    create: 'create_message',
    get: 'get_message',
    update: 'update_message',
    remove: 'delete_message',
  },
  {
    path: '/personas',
    key: 'persona_id',
    list: 'get_personas',
    create: 'create_persona',
    get: 'get_persona',
    update: 'update_persona',
    remove: 'delete_persona',
  },
  {
    path: '/lorebooks',
    key: 'lorebook_id',
    list: 'get_lorebooks',
    create: 'create_lorebook',
    get: 'get_lorebook',
    update: 'update_lorebook',
    remove: 'delete_lorebook',
  },
  {
    path: '/characters/:character_id/notes',
    key: 'note_id',
    list: 'get_notes',
    create: 'create_note',
    get: 'get_note',
    update: 'update_note',
    remove: 'delete_note',
  },
]
