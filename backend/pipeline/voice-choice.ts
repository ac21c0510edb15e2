import { type Character, type Voice, type VoiceSettings } from '#shared/entities.ts'
import { type Synthesizer } from '../engines/contracts.ts'

/**
 * How a character sounds on the engine that is running. A voice made for another engine keeps its tempo; which of the
 * running engine's voices it gets follows from the character's place in the library, so that people differ.
 */
export function chooseVoice(
  character: Pick<Character, 'id'>,
  voice: Voice | undefined,
  engine: Synthesizer,
): VoiceSettings {
  const settings = voice?.settings ?? {}
  const isMadeForEngine = voice && (voice.method === engine.name || voice.method === 'auto')
  const isKnown = engine.voices.some((known) => known.id === settings.engine_voice)
  if (isMadeForEngine && (isKnown || voice.method === engine.name)) return settings
  const { engine_voice: _foreign, ...rest } = settings
  const stand = engine.voices[hash(character.id) % Math.max(1, engine.voices.length)]
  return stand ? { ...rest, engine_voice: stand.id } : rest
}

function hash(text: string): number {
  let value = 2_166_136_261
  for (const character of text) value = Math.imul(value ^ (character.codePointAt(0) ?? 0), 16_777_619)
  return value >>> 0
}
