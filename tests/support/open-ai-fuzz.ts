import { encodeWav } from '../../backend/lib/wav.ts'
import { type SeededRandom } from './seeded-random.ts'

/** Requests as programs make them, as they should not, and as nobody would who means well. */

export interface FuzzRequest {
  readonly method: 'GET' | 'POST' | 'DELETE'
  readonly url: string
  readonly payload?: string | Buffer
  readonly headers: Readonly<Record<string, string>>
  /** What the answer has to be, by kind; errors are always of their own. */
  readonly kind:
    | 'models'
    | 'model'
    | 'chat'
    | 'completion'
    | 'embeddings'
    | 'speech'
    | 'transcription'
    | 'response'
    | 'any'
}

type Body = Record<string, unknown>

const MODELS = ['fake-model', 'FAKE-MODEL:latest', 'default', 'character:nova', 'character:Nova']
const TEXTS = [
  'Hi',
  'Grüße aus Köln 🙂',
  'a\u0000b\u2028c',
  '日本語のテキスト',
  '{{user}} {{char}} {{random::a::b}}',
  'User: no\nNova: yes',
  '"}]} data: [DONE]\n\n',
  '<|im_end|><script>',
  '\uE0000\uE001',
]

export class OpenAiFuzz {
  readonly #random: SeededRandom
  /** Ids of responses that were made, to go on from. */
  readonly responseIds: string[] = []

  constructor(random: SeededRandom) {
    this.#random = random
  }

  next(): FuzzRequest {
    const make = this.#pick([
      () => this.#chat(),
      () => this.#chat(),
      () => this.#chat(),
      () => this.#response(),
      () => this.#response(),
      () => this.#completion(),
      () => this.#embeddings(),
      () => this.#speech(),
      () => this.#transcription(),
      () => this.#look(),
    ])
    return make()
  }

  #chat(): FuzzRequest {
    const body: Body = {
      model: this.#model(),
      messages: this.#list(1, 4, () => this.#message()),
      ...this.#sampling(),
    }
    this.#maybe(body, 'stream', () => this.#coin())
    this.#maybe(body, 'stream_options', () => this.#pick<unknown>([{ include_usage: true }, {}, null]))
    this.#maybe(body, 'max_completion_tokens', () => this.#random.below(2_000) + 1)
    this.#maybe(body, 'tools', () => this.#list(0, 3, () => ({ type: 'function', function: this.#tool() })))
    this.#maybe(body, 'tool_choice', () => this.#pick<unknown>(['none', 'auto', 'required', null]))
    this.#maybe(body, 'response_format', () =>
      this.#pick<unknown>([
        { type: 'text' },
        { type: 'json_object' },
        { type: 'json_schema', json_schema: { name: 'a', schema: { type: 'object' }, strict: this.#coin() } },
      ]),
    )
    this.#maybe(body, 'n', () => this.#pick([1, 1, 2]))
    this.#maybe(body, 'logprobs', () => true)
    this.#maybe(body, 'metadata', () => ({ a: 'b' }))
    return this.#post('/v1/chat/completions', 'chat', body)
  }

  #response(): FuzzRequest {
    const input = this.#coin() ? this.#text() : this.#list(1, 4, () => this.#item())
    const body: Body = { model: this.#model(), input, ...this.#sampling() }
    this.#maybe(body, 'stream', () => this.#coin())
    this.#maybe(body, 'instructions', () => this.#text())
    this.#maybe(body, 'previous_response_id', () =>
      this.#pick(['resp_unknown', ...this.responseIds.slice(-3)]),
    )
    this.#maybe(body, 'store', () => this.#coin())
    this.#maybe(body, 'tools', () =>
      this.#list(0, 3, () =>
        this.#pick<unknown>([{ type: 'function', ...this.#tool() }, { type: 'web_search' }]),
      ),
    )
    this.#maybe(body, 'tool_choice', () =>
      this.#pick<unknown>([
        'none',
        'auto',
        'required',
        { type: 'function', name: 'weather' },
        { type: 'web_search' },
      ]),
    )
    this.#maybe(body, 'text', () =>
      this.#pick<unknown>([
        { format: { type: 'text' } },
        { format: { type: 'json_schema', name: 'a', schema: {}, strict: null } },
        { verbosity: 'low' },
      ]),
    )
    this.#maybe(body, 'reasoning', () => ({ effort: this.#pick(['none', 'minimal', 'high', 'xhigh', null]) }))
    this.#maybe(body, 'metadata', () => ({ a: this.#text() }))
    this.#maybe(body, 'truncation', () => this.#pick(['auto', 'disabled']))
    this.#maybe(body, 'max_output_tokens', () => this.#random.below(2_000) + 1)
    return this.#post('/v1/responses', 'response', body)
  }

  #completion(): FuzzRequest {
    const prompt = this.#coin() ? this.#text() : this.#list(1, 3, () => this.#text())
    const body: Body = { model: this.#model(), prompt, ...this.#sampling() }
    this.#maybe(body, 'stream', () => this.#coin())
    this.#maybe(body, 'stream_options', () => ({ include_usage: this.#coin() }))
    this.#maybe(body, 'echo', () => this.#coin())
    this.#maybe(body, 'max_tokens', () => this.#random.below(50))
    return this.#post('/v1/completions', 'completion', body)
  }

  #embeddings(): FuzzRequest {
    const input = this.#pick<unknown>([
      this.#text(),
      [this.#text(), this.#text()],
      [1, 2, 3],
      [[1], [2, 3]],
      [],
      '',
    ])
    const body: Body = { model: this.#model(), input }
    this.#maybe(body, 'encoding_format', () => this.#pick(['float', 'base64']))
    this.#maybe(body, 'dimensions', () => this.#random.below(8))
    return this.#post('/v1/embeddings', 'embeddings', body)
  }

  #speech(): FuzzRequest {
    const voice = this.#pick<unknown>(['alloy', 'fake', 'character:nova', 'nobody', { id: 'fake' }])
    const body: Body = { model: 'tts-1', voice, input: this.#text() }
    body['response_format'] = this.#pick(['pcm', 'wav', 'pcm', 'flac'])
    this.#maybe(body, 'stream_format', () => this.#pick(['sse', 'audio']))
    this.#maybe(body, 'speed', () => this.#random.next() * 5)
    return this.#post('/v1/audio/speech', 'speech', body)
  }

  #transcription(): FuzzRequest {
    const fields: Body = { model: 'whisper-1' }
    fields['response_format'] = this.#pick(['json', 'text', 'srt', 'verbose_json', 'vtt', 'odd'])
    this.#maybe(fields, 'stream', () => String(this.#coin()))
    this.#maybe(fields, 'language', () => this.#pick(['en', 'de', 'zz-top', '???']))
    this.#maybe(fields, 'timestamp_granularities[]', () => this.#pick(['word', 'segment', 'letter']))
    const boundary = 'fuzz'
    const parts = Object.entries(fields).map(
      ([name, value]) =>
        `--${boundary}\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${String(value)}\r\n`,
    )
    const head = `--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="a.wav"\r\n\r\n`
    const end = this.#random.chance(0.9) ? `\r\n--${boundary}--\r\n` : ''
    const payload = Buffer.concat([Buffer.from(parts.join('') + head), this.#sound(), Buffer.from(end)])
    const path = this.#pick(['transcriptions', 'transcriptions', 'translations'])
    const headers = { 'content-type': `multipart/form-data; boundary=${boundary}` }
    return { method: 'POST', url: `/v1/audio/${path}`, kind: 'transcription', payload, headers }
  }

  #look(): FuzzRequest {
    const url = this.#pick([
      '/v1/models',
      '/v1/models/fake-model',
      '/v1/models/character%3Anova',
      `/v1/models/${encodeURIComponent(this.#text())}`,
      '/v1/models/%E0%A4%A',
      '/v1/responses/resp_unknown',
      '/v1/nothing',
      '/v1/audio/voices',
      '/v1/audio/models',
      ...this.responseIds.slice(-1).map((id) => `/v1/responses/${id}`),
    ])
    const kind =
      url === '/v1/models'
        ? 'models'
        : url.startsWith('/v1/models/')
          ? 'model'
          : url.startsWith('/v1/responses/')
            ? 'response'
            : 'any'
    return { method: 'GET', url, kind, headers: {} }
  }

  #post(url: string, kind: FuzzRequest['kind'], body: Body): FuzzRequest {
    const spoiled = this.#random.chance(0.25) ? this.#spoiled(body) : body
    const json = JSON.stringify(spoiled)
    const payload = this.#random.chance(0.02) ? json.slice(0, this.#random.below(json.length)) : json
    return { method: 'POST', url, kind, payload, headers: { 'content-type': 'application/json' } }
  }

  /** With something in it that does not belong there. */
  #spoiled(value: unknown, depth = 0): unknown {
    if (depth > 0 && this.#random.chance(0.3)) return this.#odd()
    if (Array.isArray(value) && value.length > 0) {
      const at = this.#random.below(value.length)
      return value.map((item: unknown, index) => (index === at ? this.#spoiled(item, depth + 1) : item))
    }
    if (typeof value !== 'object' || value === null) return this.#odd()
    const keys = Object.keys(value)
    const key = keys[this.#random.below(keys.length)]
    if (key === undefined || this.#random.chance(0.2)) return { ...value, [this.#text()]: this.#odd() }
    return { ...value, [key]: this.#spoiled(Reflect.get(value, key), depth + 1) }
  }

  #odd(): unknown {
    return this.#pick<unknown>([
      null,
      undefined,
      true,
      -1,
      0,
      1e308,
      0.5,
      Number.MAX_SAFE_INTEGER,
      '',
      this.#text(),
      'x'.repeat(5_000),
      [],
      [[]],
      {},
      { type: 'king' },
      { __proto__: null, constructor: 1, toString: 2 },
    ])
  }

  #sampling(): Body {
    const body: Body = {}
    this.#maybe(body, 'temperature', () => this.#random.next() * 2)
    this.#maybe(body, 'top_p', () => this.#random.next())
    this.#maybe(body, 'seed', () => this.#random.below(1_000_000) - 500_000)
    this.#maybe(body, 'stop', () => this.#pick<unknown>([null, 'END', ['a', 'b'], '']))
    this.#maybe(body, 'presence_penalty', () => this.#random.next() * 4 - 2)
    return body
  }

  #message(): Body {
    return this.#pick<() => Body>([
      () => ({ role: 'user', content: this.#text() }),
      () => ({ role: 'system', content: this.#text() }),
      () => ({ role: 'assistant', content: this.#text(), name: this.#text() }),
      () => ({
        role: 'user',
        content: [
          { type: 'text', text: this.#text() },
          { type: 'image_url', image_url: { url: this.#pick(['data:image/png;base64,AAAA', 'ftp://a']) } },
        ],
      }),
      () => ({
        role: 'assistant',
        content: null,
        tool_calls: [
          { id: 'call_1', type: 'function', function: { name: 'weather', arguments: this.#text() } },
        ],
      }),
      () => ({ role: 'tool', tool_call_id: this.#pick(['call_1', 'call_9']), content: this.#text() }),
    ])()
  }

  #item(): Body {
    return this.#pick<() => Body>([
      () => ({ role: 'user', content: this.#text() }),
      () => ({ type: 'message', role: 'developer', content: [{ type: 'input_text', text: this.#text() }] }),
      () => ({ type: 'function_call', call_id: 'call_1', name: 'weather', arguments: '{}' }),
      () => ({ type: 'function_call_output', call_id: 'call_1', output: this.#text() }),
      () => ({ type: 'reasoning', summary: [] }),
      () => ({ type: 'item_reference', id: 'msg_unknown' }),
    ])()
  }

  #tool(): Body {
    const name = this.#pick(['weather', 'time', 'weather'])
    return {
      name,
      description: this.#text(),
      parameters: this.#pick<unknown>([{ type: 'object' }, {}, null]),
    }
  }

  #sound(): Buffer {
    const samples = new Int16Array(this.#random.below(4_000)).fill(this.#pick([0, 8_000]))
    const sampleRate = this.#pick([16_000, 8_000, 44_100, 44_101, 3, 4_294_967])
    const wav = Buffer.from(encodeWav({ sampleRate, samples }))
    if (this.#random.chance(0.3)) return wav.subarray(0, this.#random.below(wav.length))
    if (this.#random.chance(0.3)) wav.writeUInt8(this.#random.below(256), this.#random.below(wav.length))
    return wav
  }

  #model(): string {
    return this.#random.chance(0.95) ? this.#pick(MODELS) : this.#text()
  }

  #text(): string {
    return this.#pick(TEXTS)
  }

  #coin(): boolean {
    return this.#random.chance(0.5)
  }

  #maybe(body: Body, key: string, value: () => unknown): void {
    if (this.#random.chance(0.3)) body[key] = value()
  }

  #list<Item>(from: number, to: number, make: () => Item): Item[] {
    return Array.from({ length: from + this.#random.below(to - from + 1) }, make)
  }

  #pick<Item>(items: readonly [Item, ...Item[]] | readonly Item[]): Item {
    const item = items[this.#random.below(items.length)]
    if (item === undefined && items.length === 0) throw new Error('Nothing to choose from')
    return item as Item
  }
}
