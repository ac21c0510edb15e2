import { z } from 'zod'
import { type HeardSentence, heardLength } from '../../pipeline/heard-text.ts'
import { type AudioFormat, type Sound } from './audio-format.ts'
import { type SpokenWords } from './spoken-words.ts'

/** What a conversation consists of. */

const MAX_TEXT = 1_000_000
const Text = z.string().max(MAX_TEXT)
const ItemId = z.string().min(1).max(128)

const InputText = z.object({ type: z.literal('input_text'), text: Text })
const InputAudioPart = z.object({
  type: z.literal('input_audio'),
  audio: z.string().optional(),
  transcript: Text.nullish(),
})
const InputImage = z.object({
  type: z.literal('input_image'),
  image_url: z.string().regex(/^data:image\//, 'expected a data: address of an image'),
  detail: z.enum(['auto', 'low', 'high']).optional(),
})
const OutputText = z.object({ type: z.literal('output_text'), text: Text })
const OutputAudio = z.object({ type: z.literal('output_audio'), transcript: Text.nullish() })

const common = { id: ItemId.optional() }

/** An item as a client gives it. */
export const ItemDraft = z.union([
  z.object({
    ...common,
    type: z.literal('message'),
    role: z.literal('user'),
    content: z.array(z.discriminatedUnion('type', [InputText, InputAudioPart, InputImage])).max(256),
  }),
  z.object({
    ...common,
    type: z.literal('message'),
    role: z.literal('system'),
    content: z.array(InputText).max(256),
  }),
  z.object({
    ...common,
    type: z.literal('message'),
    role: z.literal('assistant'),
    content: z.array(z.discriminatedUnion('type', [OutputText, OutputAudio])).max(256),
  }),
  z.object({
    ...common,
    type: z.literal('function_call'),
    call_id: ItemId.optional(),
    name: z.string().min(1).max(256),
    arguments: Text,
  }),
  z.object({ ...common, type: z.literal('function_call_output'), call_id: ItemId, output: Text }),
])
export type ItemDraft = z.infer<typeof ItemDraft>

export type ItemStatus = 'in_progress' | 'completed' | 'incomplete'

/** What a person said: its words are known when the recogniser has them. */
export interface HeardPart {
  readonly type: 'input_audio'
  transcript: string | null
  readonly sound: Sound
  readonly words?: SpokenWords
}

/** What was said aloud in answer. */
export interface SaidPart {
  readonly type: 'output_audio'
  /** As it was written: all of it. */
  written: string
  readonly sound: Sound
  readonly sentences: HeardSentence[]
  /** Samples per second that the sentences are counted in. */
  readonly voiceRate: number
  /** How much of it can have been heard; Infinity where nobody cut in. */
  heardMs: number
}

export type Part =
  | z.infer<typeof InputText>
  | z.infer<typeof InputImage>
  | z.infer<typeof OutputText>
  | HeardPart
  | SaidPart

export interface MessageItem {
  readonly id: string
  readonly type: 'message'
  readonly role: 'user' | 'system' | 'assistant'
  status: ItemStatus
  readonly content: Part[]
}

export interface CallItem {
  readonly id: string
  readonly type: 'function_call'
  status: ItemStatus
  readonly callId: string
  readonly name: string
  readonly argumentsJson: string
}

export interface CallOutputItem {
  readonly id: string
  readonly type: 'function_call_output'
  status: ItemStatus
  readonly callId: string
  readonly output: string
}

export type Item = MessageItem | CallItem | CallOutputItem

/** What of it the listener has heard, and the model remembers. */
export function rememberedOf(part: SaidPart): string {
  if (part.heardMs === Infinity) return part.written
  const playedSamples = Math.floor((part.heardMs * part.voiceRate) / 1000)
  return part.written.slice(0, heardLength(part.sentences, playedSamples, part.voiceRate)).trimEnd()
}

/** All sound that an item keeps, in bytes. */
export function soundBytesOf(item: Item): number {
  if (item.type !== 'message') return 0
  return item.content.reduce((sum, part) => sum + ('sound' in part ? part.sound.sizeBytes : 0), 0)
}

export interface Writing {
  /** Absent: without its sound. */
  readonly audio?: { readonly input: AudioFormat; readonly output: AudioFormat }
}

/** As it is sent. */
export function writtenItem(item: Item, { audio }: Writing = {}): Record<string, unknown> {
  const head = { id: item.id, object: 'realtime.item', type: item.type, status: item.status }
  switch (item.type) {
    case 'message':
      return { ...head, role: item.role, content: item.content.map((part) => writtenPart(part, audio)) }
    case 'function_call':
      return { ...head, call_id: item.callId, name: item.name, arguments: item.argumentsJson }
    default:
      return { ...head, call_id: item.callId, output: item.output }
  }
}

function writtenPart(part: Part, audio: Writing['audio']): Record<string, unknown> {
  switch (part.type) {
    case 'input_audio': {
      const { type, transcript, sound } = part
      return { type, transcript, ...(audio ? { audio: sound.written(audio.input) } : {}) }
    }
    case 'output_audio': {
      const transcript = rememberedOf(part)
      return { type: part.type, transcript, ...(audio ? { audio: part.sound.written(audio.output) } : {}) }
    }
    default:
      return { ...part }
  }
}
