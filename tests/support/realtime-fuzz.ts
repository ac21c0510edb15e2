import { encodedAudio, PCM } from '../../backend/api/realtime/audio-format.ts'
import { type SeededRandom } from './seeded-random.ts'

/** Client events of every kind: right ones, odd ones, hostile ones. */
export class RealtimeFuzz {
  readonly #random: SeededRandom
  readonly #sounds = [0, 8_000].map((level) => encodedAudio(new Int16Array(24 * 60).fill(level), PCM))
  #count = 0

  constructor(random: SeededRandom) {
    this.#random = random
  }

  /** @param ids of items and responses that there are. */
  next(ids: readonly string[]): unknown {
    this.#count += 1
    if (this.#random.chance(0.06)) return this.#hostile()
    const event = this.#event(ids)
    if (this.#random.chance(0.06)) return this.#spoiled(event)
    return this.#random.chance(0.3) ? { ...event, event_id: `client_${this.#count}` } : event
  }

  #pick<Value>(values: readonly [Value, ...Value[]]): Value {
    return values[this.#random.below(values.length)] ?? values[0]
  }

  #id(ids: readonly string[]): string {
    return this.#random.chance(0.15) ? 'nobody' : (ids[this.#random.below(ids.length)] ?? 'nobody')
  }

  #event(ids: readonly string[]): Record<string, unknown> {
    const { sounds } = { sounds: this.#sounds }
    const makers: readonly (() => Record<string, unknown>)[] = [
      () => ({ type: 'input_audio_buffer.append', audio: sounds[1] }),
      () => ({ type: 'input_audio_buffer.append', audio: sounds[1] }),
      () => ({ type: 'input_audio_buffer.append', audio: sounds[0] }),
      () => ({ type: 'input_audio_buffer.append', audio: sounds[0] }),
      () => ({ type: 'input_audio_buffer.commit' }),
      () => ({ type: 'input_audio_buffer.clear' }),
      () => ({ type: 'output_audio_buffer.clear' }),
      () => ({ type: 'session.update', session: this.#session() }),
      () => ({ type: 'conversation.item.create', item: this.#item(), ...this.#place(ids) }),
      () => ({ type: 'conversation.item.create', item: this.#item() }),
      () => ({ type: 'conversation.item.retrieve', item_id: this.#id(ids) }),
      () => ({
        type: 'conversation.item.truncate',
        item_id: this.#id(ids),
        content_index: this.#random.below(2),
        audio_end_ms: this.#random.below(1_500),
      }),
      () => ({ type: 'conversation.item.delete', item_id: this.#id(ids) }),
      () => ({ type: 'response.create' }),
      () => ({ type: 'response.create', response: this.#response(ids) }),
      () => ({
        type: 'response.cancel',
        ...(this.#random.chance(0.3) ? { response_id: this.#id(ids) } : {}),
      }),
    ]
    return makers[this.#random.below(makers.length)]?.() ?? { type: 'response.create' }
  }

  #place(ids: readonly string[]): Record<string, unknown> {
    return { previous_item_id: this.#pick(['root', this.#id(ids), null]) }
  }

  #session(): Record<string, unknown> {
    const vad = {
      type: 'server_vad',
      create_response: this.#random.chance(0.8),
      interrupt_response: this.#random.chance(0.8),
    }
    const detection = this.#pick<unknown>([
      null,
      vad,
      { ...vad, silence_duration_ms: 200, prefix_padding_ms: 0, idle_timeout_ms: 5_000 },
      { type: 'semantic_vad', eagerness: this.#pick(['low', 'medium', 'high', 'auto']) },
    ])
    return this.#pick<Record<string, unknown>>([
      { type: 'realtime', audio: { input: { turn_detection: detection } } },
      { type: 'realtime', audio: { input: { transcription: this.#pick([null, { model: 'whisper-1' }]) } } },
      { type: 'realtime', audio: { input: { format: this.#format() }, output: { format: this.#format() } } },
      { type: 'realtime', output_modalities: [this.#pick(['text', 'audio'])], instructions: this.#text() },
      { type: 'realtime', tools: this.#tools(), tool_choice: this.#pick(['auto', 'none', 'required']) },
      {
        type: 'realtime',
        audio: { output: { voice: this.#pick(['alloy', 'Warm']), speed: 1.25 } },
        max_output_tokens: 40,
      },
      { type: 'realtime', tracing: 'auto', truncation: { type: 'retention_ratio', retention_ratio: 0.5 } },
      { type: 'transcription' },
    ])
  }

  #format(): Record<string, unknown> {
    return this.#pick<Record<string, unknown>>([
      { type: 'audio/pcm', rate: 24_000 },
      { type: 'audio/pcmu' },
      { type: 'audio/pcma' },
    ])
  }

  #tools(): unknown[] {
    const parameters = { type: 'object', properties: { city: { type: 'string' } } }
    return this.#random.chance(0.3)
      ? []
      : [{ type: 'function', name: 'weather', description: 'Tells it', parameters }]
  }

  #text(): string {
    return this.#pick(['Hello', '', 'What is the time?', '日本語です。', '🙂', '"}{', 'a '.repeat(500)])
  }

  #item(): Record<string, unknown> {
    const text = this.#text()
    return this.#pick<Record<string, unknown>>([
      { type: 'message', role: 'user', content: [{ type: 'input_text', text }] },
      { type: 'message', role: 'user', content: [{ type: 'input_audio', audio: this.#sounds[1] }] },
      {
        type: 'message',
        role: 'user',
        content: [{ type: 'input_image', image_url: 'data:image/png;base64,aaaa' }],
      },
      { type: 'message', role: 'system', content: [{ type: 'input_text', text }] },
      { type: 'message', role: 'assistant', content: [{ type: 'output_text', text }] },
      { type: 'message', role: 'assistant', content: [{ type: 'output_audio', transcript: text }] },
      { id: 'mine', type: 'message', role: 'user', content: [] },
      { type: 'function_call', name: 'weather', call_id: 'call_1', arguments: '{}' },
      { type: 'function_call_output', call_id: 'call_1', output: text },
      { type: 'function_call_output', call_id: 'call_none', output: text },
    ])
  }

  #response(ids: readonly string[]): Record<string, unknown> {
    return this.#pick<Record<string, unknown>>([
      { output_modalities: ['text'] },
      { conversation: 'none', metadata: { a: 'b' }, output_modalities: [this.#pick(['text', 'audio'])] },
      { conversation: 'none', input: [this.#item(), { type: 'item_reference', id: this.#id(ids) }] },
      { instructions: this.#text(), max_output_tokens: 'inf' },
      { tools: this.#tools(), tool_choice: { type: 'function', name: 'weather' } },
      { audio: { output: { format: this.#format(), voice: 'Warm' } } },
    ])
  }

  #hostile(): unknown {
    return this.#pick<unknown>([
      null,
      [],
      'text',
      7,
      {},
      { type: 7 },
      { type: 'toString' },
      { type: '__proto__', event_id: 3 },
      { type: 'session.update' },
      { type: 'session.update', session: null },
      { type: 'session.update', session: { type: 'realtime', tools: [{ type: 'mcp', server_label: 'x' }] } },
      { type: 'input_audio_buffer.append', audio: 'no base64!' },
      { type: 'input_audio_buffer.append', audio: 'AA' },
      { type: 'conversation.item.create', item: { type: 'message', role: 'wizard', content: [] } },
      { type: 'conversation.item.truncate', item_id: 'mine', content_index: -1, audio_end_ms: 0.5 },
      { type: 'response.create', response: { metadata: { a: 1 } } },
      { type: 'response.create', response: 'now' },
    ])
  }

  /** One of its fields gets a value of the wrong kind. */
  #spoiled(event: Record<string, unknown>): Record<string, unknown> {
    const keys = Object.keys(event)
    const key = keys[this.#random.below(keys.length)] ?? 'type'
    return { ...event, [key]: this.#pick<unknown>([null, -1, 'x', {}, [], true]) }
  }
}
