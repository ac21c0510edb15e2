/**
 * The resources of the wire, as stored and as sent. A `…Draft` is what a client sends to create one, a `…Patch` what it
 * sends to change one (key plus the fields to change).
 */
export { MessageRole, TEXT_MAX_CHARACTERS } from './entities/fields.ts'
export * from './entities/character.ts'
export * from './entities/lorebook.ts'
export * from './entities/voice.ts'
export * from './entities/conversation.ts'
export * from './entities/persona.ts'
export * from './entities/note.ts'
export * from './entities/message.ts'
export * from './entities/library.ts'
export * from './entities/import.ts'
export * from './entities/engine.ts'
export * from './entities/runner.ts'
