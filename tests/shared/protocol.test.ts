import { describe, expect, it } from 'vitest'
import { type z } from 'zod'
import { Character, Conversation, Message } from '#shared/entities.ts'
import { ERROR_CODES, ErrorCode } from '#shared/errors.ts'
import { commands, USER_MESSAGE_MAX_CHARACTERS } from '#shared/protocol/commands.ts'
import { Envelope } from '#shared/protocol/envelope.ts'
import { ConversationEvent, CrudAnswer, ServerEvent } from '#shared/protocol/events.ts'
import { DbError, requests } from '#shared/protocol/requests.ts'

const stamps = { revision: 1, created_at: '2030-01-01T00:00:00.000Z', updated_at: '2030-01-01T00:00:00.000Z' }
const nora = {
  ...requests.create_character.params.parse({ name: 'Nora' }),
  id: 'nora-001',
  ...stamps,
} satisfies Character
const conversation = {
  ...requests.create_conversation.params.parse({ active_characters: ['nora-001'] }),
  conversation_id: 'c',
  ...stamps,
}
const message = {
  ...requests.create_message.params.parse({ conversation_id: 'c', role: 'user', content: 'Hi' }),
  message_id: 'm',
  alternative_index: 0,
  alternative_count: 1,
  ...stamps,
} satisfies Message
const status = { name: 'x', ready: true }
const line = { epoch: 3, character_id: 'nora-001', character_name: 'Nora', message_id: 'm' }
const stream = { ...line, stream: 1 }

/** One valid example of the data of every event of the conversation. */
const EVENTS: Record<ConversationEvent['type'], unknown> = {
  ready: {
    session_id: 's',
    resume_token: 't',
    conversation_id: 'c',
    engines: { vad: status, stt: status, llm: status, tts: status },
    model_settings: {},
    active_characters: [nora],
  },
  pong: {},
  conversation_opened: { conversation, messages: [message], message_count: 1, active_characters: [nora] },
  listening_started: {},
  listening_stopped: {},
  speech_started: { at_ms: 12.5 },
  speech_stopped: { at_ms: 900 },
  stt_update: { text: 'he' },
  stt_stabilized: { text: 'hello' },
  stt_final: { text: 'hello there' },
  turn_started: {
    epoch: 3,
    user_message_id: 'u',
    responders: [{ character_id: 'nora-001', character_name: 'Nora' }],
  },
  text_stream_start: line,
  text_chunk: { ...line, text: 'Hi', is_final: false },
  text_stream_stop: { ...line, alternative_index: 2, text: 'Hi there' },
  tool_use: { ...line, call_id: 'a', name: 'roll_dice', arguments: { dice: '2d6' }, result: '7' },
  impersonation: { epoch: 3, text: 'I say', is_final: false },
  audio_stream_start: { ...stream, sample_rate: 24_000, format: 'pcm_s16le' },
  audio_chunk: {
    ...stream,
    sentence_index: 0,
    chunk_index: 0,
    offset: 0,
    text: 'Hi',
    words: [{ text: 'Hi', start: 0, end: 4_800 }],
  },
  audio_stream_stop: { ...stream, samples: 48_000 },
  turn_ended: { epoch: 3, outcome: 'completed', metrics: { total: 900, tokens: 12 } },
  interrupt_ack: { epoch: 3, message_id: 'm', heard_text: 'Hi' },
  history_truncated: { epoch: 3, message_id: 'm', heard_text: 'Hi' },
  model_settings_updated: { temperature: 0.7 },
  history_cleared: { conversation_id: 'c2' },
  active_characters: { characters: [nora] },
  error: { code: 'engine_timeout', message: 'Cannot reach the model', retryable: true },
}

/** The values of `type` that a union tells apart. */
const types = (union: z.ZodDiscriminatedUnion): unknown[] => [...(union._zod.propValues?.['type'] ?? [])]

describe('events', () => {
  it.each(Object.entries(EVENTS))('%s survives the wire, with an id and a seq', (type, data) => {
    const event = { type, id: '7', seq: 12, data }
    expect(ServerEvent.parse(JSON.parse(JSON.stringify(event)))).toEqual(event)
    expect(ConversationEvent.parse({ type, data })).toEqual({ type, data })
  })

  it('are all told apart by their type', () => {
    expect(new Set(types(ConversationEvent))).toEqual(new Set(Object.keys(EVENTS)))
    expect(ServerEvent.safeParse({ type: 'unheard_of', data: {} }).success).toBe(false)
  })

  it.each([
    ['turn_ended', { epoch: 3, outcome: 'superseded', metrics: {} }],
    ['text_chunk', { ...line, epoch: -1, text: '', is_final: true }],
    ['audio_stream_start', { ...stream, stream: 65_536, sample_rate: 24_000, format: 'pcm_s16le' }],
    ['error', { code: 'oops', message: '' }],
    ['stt_final', {}],
  ])('%s with wrong data is refused', (type, data) => {
    expect(ServerEvent.safeParse({ type, data }).success).toBe(false)
  })
})

describe('requests', () => {
  it('there is one of each kind for each resource, and each answer is in the union of answers', () => {
    const nouns = ['character', 'voice', 'conversation', 'message', 'persona', 'lorebook', 'note']
    const expected = nouns.flatMap((noun): [string, string][] => [
      [`get_${noun}s`, `${noun}s_data`],
      [`get_${noun}`, `${noun}_data`],
      [`create_${noun}`, `${noun}_created`],
      [`update_${noun}`, `${noun}_updated`],
      [`delete_${noun}`, `${noun}_deleted`],
    ])
    const besides: [string, string][] = [
      ['edit_message', 'message_updated'],
      ['get_alternatives', 'alternatives_data'],
      ['select_alternative', 'message_updated'],
      ['branch_conversation', 'conversation_created'],
      ['get_character_heads', 'character_heads_data'],
      ['get_tags', 'tags_data'],
      ['change_characters', 'characters_changed'],
      ['locate_message', 'message_located'],
      ['search', 'search_data'],
      ['get_trash', 'trash_data'],
      ['restore_from_trash', 'trash_restored'],
      ['delete_from_trash', 'trash_deleted'],
    ]
    const all = Object.entries(requests).map(([type, { answer }]): [string, string] => [type, answer])
    expect(new Map(all)).toEqual(new Map([...expected, ...besides]))
    expect(new Set(types(CrudAnswer))).toEqual(new Set(all.map(([, answer]) => answer)))
  })

  it('none has the name of a command', () => {
    expect(Object.keys(requests).filter((type) => type in commands)).toEqual([])
  })

  it('answers survive the wire', () => {
    const answers = [
      { type: 'characters_data', id: '1', data: [nora] },
      { type: 'conversation_updated', data: conversation },
      { type: 'messages_data', data: [message] },
      { type: 'message_deleted', seq: 1, data: { message_id: 'm', conversation_id: 'c' } },
    ]
    for (const answer of answers) {
      expect(ServerEvent.parse(JSON.parse(JSON.stringify(answer)))).toEqual(answer)
    }
  })

  it('a db_error carries its sentence beside its data', () => {
    const error = { type: 'db_error', id: '1', error: 'Cannot find it', data: { code: 'not_found' } }
    expect(DbError.parse(error)).toEqual(error)
    expect(ServerEvent.parse(error)).toEqual(error)
    expect(DbError.safeParse({ ...error, data: { code: 'teapot' } }).success).toBe(false)
  })

  it.each([
    ['get_conversations', { limit: 501 }],
    ['get_conversations', { limit: '10' }],
    ['get_conversations', { offset: -1 }],
    ['get_messages', {}],
    ['get_message', { message_id: '' }],
    ['delete_voice', { voice_id: 'x'.repeat(201) }],
  ] as const)('%s %j is refused', (type, params) => {
    expect(requests[type].params.safeParse(params).success).toBe(false)
  })
})

describe('commands', () => {
  it.each([
    ['ping', {}, {}],
    ['hello', { resume_token: 't', last_seq: 4 }, { resume_token: 't', last_seq: 4 }],
    ['user_message', { text: '  Hi \n' }, { text: 'Hi' }],
    ['user_message', { text: '   ' }, { text: '' }],
    ['start_listening', {}, { mode: 'hands_free' }],
    ['start_listening', { mode: 'push_to_talk' }, { mode: 'push_to_talk' }],
    ['audio_played', { epoch: 1, stream: 0, samples: 480 }, { epoch: 1, stream: 0, samples: 480 }],
    ['continue_message', {}, {}],
  ] as const)('%s takes %j', (type, data, seen) => {
    expect(commands[type].parse(data)).toEqual(seen)
  })

  it.each([
    ['user_message', {}],
    ['user_message', { text: 'x'.repeat(USER_MESSAGE_MAX_CHARACTERS + 1) }],
    ['start_listening', { mode: 'always' }],
    ['audio_played', { epoch: 1, stream: 0, samples: -1 }],
    ['open_conversation', {}],
    ['model_settings', { temperature: 'hot' }],
  ] as const)('%s refuses wrong data (%#)', (type, data) => {
    expect(commands[type].safeParse(data).success).toBe(false)
  })

  it('a message of exactly the longest length is taken', () => {
    const text = 'x'.repeat(USER_MESSAGE_MAX_CHARACTERS)
    expect(commands.user_message.parse({ text }).text).toHaveLength(USER_MESSAGE_MAX_CHARACTERS)
  })
})

describe('envelopes and codes', () => {
  it('an envelope needs a type and looks no further', () => {
    expect(Envelope.parse({ type: 'x', data: [1] })).toEqual({ type: 'x', data: [1] })
    for (const frame of [null, 1, [], {}, { type: '' }, { type: 5 }, { type: 'x', id: 5 }]) {
      expect(Envelope.safeParse(frame).success).toBe(false)
    }
  })

  it('the codes are a closed set without repetition', () => {
    expect(new Set(ERROR_CODES).size).toBe(ERROR_CODES.length)
    expect(ErrorCode.safeParse('anything_else').success).toBe(false)
  })

  it('the entities in answers are those of the entities', () => {
    expect(requests.get_character.result).toBe(Character)
    expect(requests.get_conversation.result).toBe(Conversation)
    expect(requests.get_message.result).toBe(Message)
  })
})
