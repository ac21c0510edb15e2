import { describe, expect, it } from 'vitest'
import {
  Character,
  CharacterDraft,
  CharacterPatch,
  Conversation,
  ConversationDraft,
  ConversationPatch,
  EngineStatuses,
  Message,
  MessageDraft,
  MessagePatch,
  ModelSettings,
  TurnMetrics,
  Voice,
  VoiceDraft,
  VoicePatch,
} from '#shared/entities.ts'

const times = { created_at: '2030-01-01T00:00:00.000Z', updated_at: '2030-01-01T00:00:01.000Z' }
const stamps = { revision: 1, ...times }
const drafts = {
  character: CharacterDraft.parse({ name: 'Nora' }),
  voice: VoiceDraft.parse({ voice_name: 'Alto' }),
  conversation: ConversationDraft.parse({ active_characters: ['nora-001'] }),
  message: MessageDraft.parse({ conversation_id: 'c', role: 'user', content: 'Hi' }),
}
const entities = [
  ['a character', Character, { ...drafts.character, id: 'nora-001', ...stamps }],
  ['a voice', Voice, { ...drafts.voice, voice_id: 'alto-001', ...stamps }],
  ['a conversation', Conversation, { ...drafts.conversation, conversation_id: 'c', ...stamps }],
  [
    'a message',
    Message,
    { ...drafts.message, message_id: 'm', alternative_index: 0, alternative_count: 1, ...stamps },
  ],
] as const

describe('entities', () => {
  it.each(entities)('a draft with an id and stamps is %s, and survives JSON', (_what, schema, entity) => {
    expect(schema.parse(JSON.parse(JSON.stringify(entity)))).toEqual(entity)
  })

  it.each(entities)('every field of %s is required', (_what, schema, entity) => {
    for (const field of Object.keys(entity)) {
      const rest = Object.fromEntries(Object.entries(entity).filter(([name]) => name !== field))
      expect([field, schema.safeParse(rest).success]).toEqual([field, false])
    }
  })

  it.each(entities)('%s loses fields nobody knows', (_what, schema, entity) => {
    expect(schema.parse({ ...entity, is_admin: true })).toEqual(entity)
  })
})

describe('patches', () => {
  it('hold the key and what is given, and never a default', () => {
    expect(CharacterPatch.parse({ id: 'x' })).toEqual({ id: 'x' })
    expect(VoicePatch.parse({ voice_id: 'x' })).toEqual({ voice_id: 'x' })
    expect(ConversationPatch.parse({ conversation_id: 'x' })).toEqual({ conversation_id: 'x' })
    expect(MessagePatch.parse({ message_id: 'x', content: '' })).toEqual({ message_id: 'x', content: '' })
  })

  it('cannot move a message or change stamps', () => {
    const patch = { message_id: 'x', conversation_id: 'elsewhere', ...times }
    expect(MessagePatch.parse(patch)).toEqual({ message_id: 'x' })
  })

  it('need their key', () => {
    for (const schema of [CharacterPatch, VoicePatch, ConversationPatch, MessagePatch]) {
      expect(schema.safeParse({ name: 'x' }).success).toBe(false)
    }
  })
})

describe('fields', () => {
  it.each([
    [CharacterDraft, { name: '' }],
    [CharacterDraft, { name: '   ' }],
    [CharacterDraft, { name: 'x'.repeat(201) }],
    [CharacterDraft, { name: 'x', color: 'red' }],
    [CharacterDraft, { name: 'x', color: '#ff00001' }],
    [CharacterDraft, { name: 'x', voice_id: '' }],
    [CharacterDraft, { name: 'x', tags: 'a,b' }],
    [CharacterDraft, { name: 'x', description: 'x'.repeat(2_000_001) }],
    [VoiceDraft, { voice_name: 'x', settings: { speed: 0 } }],
    [VoiceDraft, { voice_name: 'x', settings: { pitch: Number.NaN } }],
    [ConversationDraft, { active_characters: [''] }],
    [MessageDraft, { conversation_id: 'c', role: 'tool', content: '' }],
    [MessageDraft, { role: 'user', content: '' }],
    [Message, { ...entities[3][2], created_at: 'yesterday' }],
    [ModelSettings, { temperature: 9 }],
    [ModelSettings, { top_k: 1.5 }],
    [TurnMetrics, { tokens: 0.5 }],
  ])('%# refuses what is out of range', (schema, value) => {
    expect(schema.safeParse(value).success).toBe(false)
  })

  it('a name is trimmed', () => {
    expect(CharacterDraft.parse({ name: '  Nora ' }).name).toBe('Nora')
  })

  it('settings, metrics and statuses survive JSON', () => {
    const settings = { model: 'm', temperature: 0.7, top_p: 1, min_p: 0.05, top_k: 40, max_tokens: 512 }
    expect(ModelSettings.parse(JSON.parse(JSON.stringify(settings)))).toEqual(settings)
    expect(ModelSettings.parse({})).toEqual({})
    expect(TurnMetrics.parse({ total: 812.5, tokens: 31 })).toEqual({ total: 812.5, tokens: 31 })
    const status = { name: 'silero', ready: true }
    const statuses = { vad: status, stt: { ...status, detail: 'why' }, llm: status, tts: status }
    expect(EngineStatuses.parse(statuses)).toEqual(statuses)
  })
})
