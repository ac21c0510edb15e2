import { type AudioFormat, decodedAudio, rateOf, Sound } from './audio-format.ts'
import { newId } from './ids.ts'
import { type HeardPart, type Item, type ItemDraft, type Part } from './items.ts'
import { type SpokenWords } from './spoken-words.ts'

/** How sound that comes with an item is understood. */
export interface Understanding {
  readonly format: AudioFormat
  readonly wordsOf: (sound: Sound) => SpokenWords
}

type Content = Extract<ItemDraft, { type: 'message' }>['content'][number]

/** @param understanding absent: sound without a transcript has no words. */
export function draftedItem(draft: ItemDraft, understanding?: Understanding): Item {
  const id = draft.id ?? newId('item')
  const status = 'completed'
  switch (draft.type) {
    case 'message':
      return {
        id,
        type: 'message',
        role: draft.role,
        status,
        content: draft.content.map((content) => draftedPart(content, understanding)),
      }
    case 'function_call': {
      const { name, arguments: argumentsJson, call_id: callId = newId('call') } = draft
      return { id, type: 'function_call', status, callId, name, argumentsJson }
    }
    default:
      return { id, type: 'function_call_output', status, callId: draft.call_id, output: draft.output }
  }
}

function draftedPart(content: Content, understanding: Understanding | undefined): Part {
  switch (content.type) {
    case 'input_audio':
      return heardPart(content, understanding)
    case 'output_audio': {
      const { transcript } = content
      const sound = new Sound(24_000)
      const said = { written: transcript ?? '', sentences: [], voiceRate: 24_000, heardMs: Infinity }
      return { type: 'output_audio', sound, ...said }
    }
    default:
      return content
  }
}

function heardPart(
  { audio = '', transcript = null }: Extract<Content, { type: 'input_audio' }>,
  understanding: Understanding | undefined,
): HeardPart {
  if (!understanding) return { type: 'input_audio', transcript, sound: new Sound(24_000) }
  const { format, wordsOf } = understanding
  const sound = new Sound(rateOf(format), decodedAudio(audio, format))
  const isUnknown = transcript === null && sound.durationMs > 0
  return { type: 'input_audio', transcript, sound, ...(isUnknown ? { words: wordsOf(sound) } : {}) }
}
