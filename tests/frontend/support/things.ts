import { type Character, type Conversation, type Message } from '#shared/entities.ts'
import { CharacterDraft, ConversationDraft } from '#shared/entities.ts'
import { type ServerEvent } from '#shared/protocol/events.ts'

const stamps = { revision: 1, created_at: '2026-01-01T10:00:00.000Z', updated_at: '2026-01-01T10:00:00.000Z' }

export function character(id: string, name: string): Character {
  return { ...CharacterDraft.parse({ name }), id, ...stamps }
}

export const nora = character('nora-001', 'Nora')
export const finn = character('finn-001', 'Finn')

export function conversation(id: string, changes: Partial<Conversation> = {}): Conversation {
  const draft = ConversationDraft.parse({ title: `About ${id}` })
  return { ...draft, conversation_id: id, active_characters: [nora.id], ...stamps, ...changes }
}

export function message(id: string, changes: Partial<Message> = {}): Message {
  return {
    message_id: id,
    conversation_id: 'c1',
    role: 'user',
    name: 'You',
    content: `Text of ${id}`,
    character_id: null,
    is_interrupted: false,
    unheard: '',
    is_spoken: false,
    is_excluded: false,
    generation: null,
    tool_uses: [],
    alternative_index: 0,
    alternative_count: 1,
    ...stamps,
    ...changes,
  }
}

export function turnStarted(epoch: number, userMessageId: string, responders = [nora]): ServerEvent {
  return {
    type: 'turn_started',
    data: {
      epoch,
      user_message_id: userMessageId,
      responders: responders.map(({ id, name }) => ({ character_id: id, character_name: name })),
    },
  }
}

export function turnEnded(
  epoch: number,
  outcome: 'completed' | 'interrupted' | 'failed' = 'completed',
): ServerEvent {
  return { type: 'turn_ended', data: { epoch, outcome, metrics: { total: 900 } } }
}

/** The events of one message of a turn. */
export function reply(epoch: number, messageId: string, speaker = nora) {
  const line = { epoch, message_id: messageId, character_id: speaker.id, character_name: speaker.name }
  return {
    start: { type: 'text_stream_start', data: line } satisfies ServerEvent,
    text: (text: string) =>
      ({ type: 'text_chunk', data: { ...line, text, is_final: false } }) satisfies ServerEvent,
    stop: (text: string) => ({ type: 'text_stream_stop', data: { ...line, text } }) satisfies ServerEvent,
    audioStart: (stream: number) =>
      ({
        type: 'audio_stream_start',
        data: { ...line, stream, sample_rate: 16_000, format: 'pcm_s16le' },
      }) satisfies ServerEvent,
    /** One word every 1000 samples. */
    sentence: (stream: number, offset: number, text: string) =>
      ({
        type: 'audio_chunk',
        data: {
          ...line,
          stream,
          offset,
          text,
          sentence_index: 0,
          chunk_index: 0,
          words: text.split(' ').map((word, i) => ({
            text: word,
            start: offset + i * 1_000,
            end: offset + (i + 1) * 1_000,
          })),
        },
      }) satisfies ServerEvent,
  }
}
