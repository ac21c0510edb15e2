import { type Character, type Voice } from '#shared/entities.ts'
import { type SpeechRequest, type Synthesizer } from '../engines/contracts.ts'
import { type VoiceRole } from './speakable.ts'
import { hasQuotes } from './text-kinds.ts'
import { chooseVoice } from './voice-choice.ts'

/** How a voice speaks on the engine that is running. */
export type SpeakingVoice = Omit<SpeechRequest, 'text'>

/** The voices of a character: its own, the one that narrates, the one that says what it does. */
export type SpeakingVoices = Readonly<Record<VoiceRole, SpeakingVoice>>

/** @param voices all of them, in the order of the library. */
export function voicesOf(
  character: Pick<Character, 'id' | 'voice_id' | 'speaking'>,
  voices: readonly Voice[],
  engine: Synthesizer,
): SpeakingVoices {
  const { language, narration_voice_id, actions_voice_id } = character.speaking
  const own = voices.find(({ voice_id }) => voice_id === character.voice_id) ?? voices[0]
  // Where no voice is named for it, whoever is not the character narrates.
  const narrator =
    voices.find(({ voice_id }) => voice_id === narration_voice_id) ??
    voices.find(({ voice_id }) => voice_id !== own?.voice_id)
  const actor = voices.find(({ voice_id }) => voice_id === actions_voice_id) ?? narrator
  const ownVoice = speakingVoice({ id: character.id, voice: own, language }, engine)
  const other = (voice: Voice | undefined): SpeakingVoice =>
    voice ? speakingVoice({ id: voice.voice_id, voice, language }, engine) : ownVoice
  return { own: ownVoice, narration: other(narrator), actions: other(actor) }
}

interface Who {
  /** What a stand-in on another engine follows from. */
  readonly id: string
  readonly voice: Voice | undefined
  readonly language: string
}

/** What an engine is asked for, for this voice. */
export function speakingVoice({ id, voice, language }: Who, engine: Synthesizer): SpeakingVoice {
  const likeness =
    voice?.ref_audio && engine.canClone ? { audio: voice.ref_audio, text: voice.ref_text ?? '' } : undefined
  const settings = chooseVoice({ id }, voice, engine)
  return {
    // Who sounds like a recording needs no stand-in.
    voice: likeness ? withoutStandIn(settings, voice) : settings,
    ...(language === '' ? {} : { language }),
    ...(voice
      ? {
          brief: {
            description: voice.speaker_desc,
            scene: voice.scene_prompt,
            ...(likeness ? { likeness } : {}),
          },
        }
      : {}),
  }
}

function withoutStandIn(settings: SpeakingVoice['voice'], voice: Voice | undefined): SpeakingVoice['voice'] {
  if (settings.engine_voice === voice?.settings.engine_voice) return settings
  const { engine_voice: _standIn, ...rest } = settings
  return rest
}

/** Whether what a character says usually stands in quotation marks, as far as its card tells. */
export function quotesSpeech(character: Character): boolean {
  const { first_message, alternate_greetings, message_examples } = character
  return [first_message, ...alternate_greetings, message_examples].some(hasQuotes)
}
