import { type Character, Speaking, type Voice } from '#shared/entities.ts'
import { type EngineVoice, type Synthesizer } from '../../engines/contracts.ts'
import { type ReaderOptions } from '../../pipeline/message-reader.ts'
import { quotesSpeech, speakingVoice, type SpeakingVoice, voicesOf } from '../../pipeline/speaking-voices.ts'
import { type Speaker } from '../../pipeline/turn.ts'
import { type Talkable } from '../core/contract.ts'

/** Who a session talks with, and how they sound. */
export interface Talker {
  readonly talkable: Talkable
  /** Absent: a bare model. */
  readonly character: Character | undefined
  /** In the order of the library. */
  readonly voices: readonly Voice[]
}

/** Names of voices that only OpenAI has: programs send them unasked, so they choose nothing for a character. */
const FOREIGN = new Set(
  'alloy ash ballad coral echo sage shimmer verse marin cedar fable nova onyx'.split(' '),
)

const BARE_SPEAKING = Speaking.parse({})

export function readingOf({ character }: Talker): ReaderOptions {
  if (!character) return { speaking: BARE_SPEAKING, quotesSpeech: false }
  return { speaking: character.speaking, quotesSpeech: quotesSpeech(character) }
}

/** The name of the voice that is heard if none is wished for. */
export function ownVoiceName({ character, voices }: Talker): string {
  const own = voices.find(({ voice_id }) => voice_id === character?.voice_id) ?? voices[0]
  return own?.voice_name ?? 'default'
}

/** @param wish the id or name of a voice, of ours or of the engine. */
export function speakerOf(
  talker: Talker,
  engine: Synthesizer,
  { wish, speed }: { wish: string; speed: number },
): Speaker {
  const { talkable, character, voices } = talker
  const who = character ?? { id: talkable.id, voice_id: null, speaking: BARE_SPEAKING }
  const own = voicesOf(who, voices, engine)
  const wished = wishedVoice(talker, engine, wish)
  const all = wished ? { ...own, own: wished } : own
  return {
    id: who.id,
    name: character?.name ?? talkable.name,
    voices: {
      own: paced(all.own, speed),
      narration: paced(all.narration, speed),
      actions: paced(all.actions, speed),
    },
  }
}

function wishedVoice(talker: Talker, engine: Synthesizer, wish: string): SpeakingVoice | undefined {
  const { character, voices } = talker
  const isNamed = ({ voice_id, voice_name }: Voice): boolean => voice_id === wish || isSame(voice_name, wish)
  const voice = voices.find(isNamed)
  const language = character?.speaking.language ?? ''
  if (voice) return speakingVoice({ id: voice.voice_id, voice, language }, engine)
  const foreign = FOREIGN.has(wish.toLowerCase())
  if (character && foreign) return undefined
  const known = engineVoice(engine, wish, foreign)
  return known && { voice: { engine_voice: known.id }, ...(language === '' ? {} : { language }) }
}

/** A foreign name stands for some voice of the engine, always the same. */
function engineVoice(engine: Synthesizer, wish: string, isForeign: boolean): EngineVoice | undefined {
  const known = engine.voices.find(({ id, name }) => isSame(id, wish) || isSame(name, wish))
  if (known || !isForeign) return known
  return engine.voices[[...FOREIGN].indexOf(wish.toLowerCase()) % Math.max(1, engine.voices.length)]
}

function isSame(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase()
}

function paced(voice: SpeakingVoice, speed: number): SpeakingVoice {
  if (speed === 1) return voice
  const settled = Math.min(2, Math.max(0.5, (voice.voice.speed ?? 1) * speed))
  return { ...voice, voice: { ...voice.voice, speed: settled } }
}
