import { z } from 'zod'
import { type ServerEvent } from './server-events.ts'

/** The names of the beta, and what they are called now. One table for each way. */

type Fields = Readonly<Record<string, unknown>>
const Fields = z.record(z.string(), z.unknown())

function fieldsOf(value: unknown): Fields {
  return Fields.safeParse(value).data ?? {}
}

const FORMATS: Readonly<Record<string, Fields>> = {
  pcm16: { type: 'audio/pcm', rate: 24_000 },
  g711_ulaw: { type: 'audio/pcmu' },
  g711_alaw: { type: 'audio/pcma' },
}
const FORMAT_NAMES: Readonly<Record<string, string>> = {
  'audio/pcm': 'pcm16',
  'audio/pcmu': 'g711_ulaw',
  'audio/pcma': 'g711_alaw',
}
const SERVER_TYPES: Readonly<Record<string, string>> = {
  'response.output_text.delta': 'response.text.delta',
  'response.output_text.done': 'response.text.done',
  'response.output_audio.delta': 'response.audio.delta',
  'response.output_audio.done': 'response.audio.done',
  'response.output_audio_transcript.delta': 'response.audio_transcript.delta',
  'response.output_audio_transcript.done': 'response.audio_transcript.done',
  'conversation.item.added': 'conversation.item.created',
}
const CONTENT_TYPES: Readonly<Record<string, string>> = { output_text: 'text', output_audio: 'audio' }

/** Fields that are present under another name, without those that are absent. */
function renamed(fields: Fields, names: Readonly<Record<string, string>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]) => {
      const now = names[name]
      return now === undefined ? [] : [[now, value]]
    }),
  )
}

function without(fields: Fields, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !names.includes(name)))
}

// ── What clients say ────────────────────────────────────────────────────────────────────────────

const INPUT = {
  input_audio_format: 'format',
  input_audio_transcription: 'transcription',
  input_audio_noise_reduction: 'noise_reduction',
  turn_detection: 'turn_detection',
}
const OUTPUT = { output_audio_format: 'format', voice: 'voice', speed: 'speed' }
const SESSION = { modalities: 'output_modalities', max_response_output_tokens: 'max_output_tokens' }

/** An event of a beta client, in the names of now; what is unknown stays as it is. */
export function gaEvent(value: unknown): unknown {
  const parsed = Fields.safeParse(value)
  if (!parsed.success) return value
  const event = parsed.data
  switch (event['type']) {
    case 'session.update':
      return { ...event, session: gaSession(event['session'], 'realtime') }
    case 'transcription_session.update':
      return { ...event, type: 'session.update', session: gaSession(event['session'], 'transcription') }
    case 'conversation.item.create':
      return { ...event, item: gaItem(event['item']) }
    case 'response.create':
      return 'response' in event ? { ...event, response: gaResponse(event['response']) } : event
    default:
      return event
  }
}

/** @returns the value itself if it is no object: it is refused where it is read. */
export function gaSession(value: unknown, type: 'realtime' | 'transcription'): unknown {
  const parsed = Fields.safeParse(value)
  if (!parsed.success) return value
  const session = parsed.data
  const input = withFormat(renamed(session, INPUT))
  const output = withFormat(renamed(session, OUTPUT))
  const flat = without(session, [...Object.keys(INPUT), ...Object.keys(OUTPUT), ...Object.keys(SESSION)])
  return {
    ...flat,
    ...renamed(session, SESSION),
    ...('tool_choice' in session ? { tool_choice: session['tool_choice'] } : {}),
    type,
    audio: { input, output },
  }
}

function gaResponse(value: unknown): unknown {
  const parsed = Fields.safeParse(value)
  if (!parsed.success) return value
  const response = parsed.data
  const { input } = response
  const output = withFormat(renamed(response, OUTPUT))
  const flat = without(response, [...Object.keys(OUTPUT), ...Object.keys(SESSION)])
  return {
    ...flat,
    ...renamed(response, {
      modalities: 'output_modalities',
      max_response_output_tokens: 'max_output_tokens',
    }),
    ...(Array.isArray(input) ? { input: input.map(gaItem) } : {}),
    audio: { output },
  }
}

function gaItem(value: unknown): unknown {
  const parsed = Fields.safeParse(value)
  if (!parsed.success || !Array.isArray(parsed.data['content'])) return value
  const isSaid = parsed.data['role'] === 'assistant'
  const names: Readonly<Record<string, string>> = {
    text: isSaid ? 'output_text' : 'input_text',
    audio: isSaid ? 'output_audio' : 'input_audio',
  }
  return { ...parsed.data, content: parsed.data['content'].map((part: unknown) => retyped(part, names)) }
}

function withFormat(fields: Record<string, unknown>): Record<string, unknown> {
  const { format } = fields
  return typeof format === 'string' ? { ...fields, format: FORMATS[format] ?? { type: format } } : fields
}

function retyped(value: unknown, names: Readonly<Record<string, string>>): unknown {
  const parsed = Fields.safeParse(value)
  if (!parsed.success) return value
  const { type } = parsed.data
  return { ...parsed.data, type: typeof type === 'string' ? (names[type] ?? type) : type }
}

// ── What the server says ────────────────────────────────────────────────────────────────────────

/** An event for a beta client; nothing where the beta had none. */
export function betaEvent(event: ServerEvent): ServerEvent | undefined {
  // There an item was told of once.
  if (event.type === 'conversation.item.done') return undefined
  const session = 'session' in event ? { session: betaSession(event['session']) } : {}
  const item = 'item' in event ? { item: betaItem(event['item']) } : {}
  const response = 'response' in event ? { response: betaResponse(event['response']) } : {}
  return { ...event, type: betaType(event), ...session, ...item, ...response }
}

function betaType({ type, session }: ServerEvent): string {
  const isTranscription = fieldsOf(session)['type'] === 'transcription'
  return isTranscription ? `transcription_${type}` : (SERVER_TYPES[type] ?? type)
}

/** @param value a session, as it is now. */
export function betaSession(value: unknown): Fields {
  const session = fieldsOf(value)
  const { input, output } = fieldsOf(session['audio'])
  const isTranscription = session['type'] === 'transcription'
  const { format, transcription, noise_reduction, turn_detection } = fieldsOf(input)
  const said = fieldsOf(output)
  const heard = {
    input_audio_format: formatName(format),
    input_audio_transcription: transcription,
    input_audio_noise_reduction: noise_reduction,
    turn_detection,
  }
  const plain = without(session, ['type', 'audio', 'output_modalities', 'max_output_tokens', 'truncation'])
  if (isTranscription) return { ...plain, ...heard, modalities: ['audio', 'text'] }
  return {
    temperature: 0.8,
    ...plain,
    ...heard,
    modalities: betaModalities(session['output_modalities']),
    output_audio_format: formatName(said['format']),
    voice: said['voice'],
    speed: said['speed'],
    tool_choice: betaToolChoice(session['tool_choice']),
    max_response_output_tokens: session['max_output_tokens'],
  }
}

function betaResponse(value: unknown): Fields {
  const response = fieldsOf(value)
  const { format, voice } = fieldsOf(fieldsOf(response['audio'])['output'])
  const output = Array.isArray(response['output']) ? response['output'] : []
  return {
    ...without(response, ['audio', 'output_modalities']),
    output: output.map(betaItem),
    modalities: betaModalities(response['output_modalities']),
    output_audio_format: formatName(format),
    voice,
    temperature: 0.8,
  }
}

function betaItem(value: unknown): Fields {
  const item = fieldsOf(value)
  const { content } = item
  return Array.isArray(content)
    ? { ...item, content: content.map((part: unknown) => retyped(part, CONTENT_TYPES)) }
    : item
}

function betaModalities(modalities: unknown): string[] {
  return Array.isArray(modalities) && modalities.includes('audio') ? ['audio', 'text'] : ['text']
}

/** In the beta the choice of a function was told by its name alone. */
function betaToolChoice(choice: unknown): unknown {
  return typeof choice === 'string' ? choice : fieldsOf(choice)['name']
}

function formatName(format: unknown): unknown {
  const { type } = fieldsOf(format)
  return typeof type === 'string' ? FORMAT_NAMES[type] : undefined
}
