import { type Character, Speaking, type Voice } from '#shared/entities.ts'
import { type Synthesizer } from '../engines/contracts.ts'
import { MessageReader } from './message-reader.ts'
import { SentenceSplitter } from './sentences.ts'
import { voicesOf } from './speaking-voices.ts'

export interface SayAloud {
  readonly text: string
  readonly speaker: Pick<Character, 'id' | 'voice_id'>
  /** How it is read; without, all of it in one voice, as it is written. */
  readonly speaking?: Speaking | undefined
  /** In the order of the library. */
  readonly voices: readonly Voice[]
}

/** As it is written: with what is done. */
const PLAIN: Speaking = Speaking.parse({ actions: 'own' })

/**
 * Says a text that belongs to no conversation, as a message of the character would be said.
 * @returns PCM16 mono at the engine's sample rate, as soon as it exists.
 */
export async function* sayAloud(
  engine: Synthesizer,
  { text, speaker, speaking = PLAIN, voices }: SayAloud,
  signal: AbortSignal,
): AsyncGenerator<Int16Array> {
  const speakingVoices = voicesOf({ ...speaker, speaking }, voices, engine)
  const reader = new MessageReader({ speaking, quotesSpeech: false })
  const splitter = new SentenceSplitter()
  const sentences = [...splitter.push(text), ...splitter.end()]
  for (const [index, sentence] of sentences.entries()) {
    for (const { parts } of reader.take({ sentence, index }, { text, isWhole: true })) {
      for (const { role, reading } of parts) {
        const request = { text: reading.text, ...speakingVoices[role] }
        for await (const { pcm } of engine.synthesize(request, signal)) if (pcm.length > 0) yield pcm
      }
    }
  }
}
