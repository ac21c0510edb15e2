import { type VoiceSettings } from '#shared/entities.ts'
import { type EngineVoice } from '../../contracts.ts'

/** Best understood first. */
export const FLITE_VOICES: readonly EngineVoice[] = [
  { id: 'rms', name: 'Ray', language: 'en-US', gender: 'male', description: 'A man from the United States' },
  {
    id: 'slt',
    name: 'Susan',
    language: 'en-US',
    gender: 'female',
    description: 'A woman from the United States',
  },
  { id: 'awb', name: 'Alan', language: 'en-GB', gender: 'male', description: 'A man from Scotland' },
  {
    id: 'kal16',
    name: 'Kal',
    language: 'en-US',
    gender: 'male',
    description: 'A man from the United States, robotic',
  },
]

/** How a piece is to be made so that it sounds as the settings say. */
export interface VoicePlan {
  readonly voice: string
  /** How much longer flite speaks than normal. */
  readonly stretch: number
  readonly pitchHz: number | undefined
  /** Its sound is then played this much faster, which raises pitch and formants together. */
  readonly playbackRate: number
  /** Makes all voices about equally loud. */
  readonly gain: number
}

interface VoiceTraits {
  /** As recorded; undefined where flite ignores the wish for another pitch. */
  readonly pitchHz: number | undefined
  readonly gain: number
}

const DEFAULT_VOICE = 'rms'

const TRAITS: Readonly<Record<string, VoiceTraits>> = {
  rms: { pitchHz: undefined, gain: 1.1 },
  slt: { pitchHz: 178, gain: 0.65 },
  awb: { pitchHz: 131, gain: 1 },
  kal16: { pitchHz: 88, gain: 2.2 },
}

/** A voice without a pitch of its own to set is shifted as a whole instead, this far at most. */
const LARGEST_SHIFT = 1.25

export function voicePlan(settings: VoiceSettings): VoicePlan {
  const { speed = 1, pitch = 1, formant = 1 } = settings
  const wished = settings.engine_voice ?? DEFAULT_VOICE
  const voice = Object.hasOwn(TRAITS, wished) ? wished : DEFAULT_VOICE
  const { pitchHz, gain } = TRAITS[voice] ?? { pitchHz: undefined, gain: 1 }
  const shift = pitchHz === undefined ? formant * clamp(pitch, 1 / LARGEST_SHIFT, LARGEST_SHIFT) : formant
  const playbackRate = Math.round(shift * 50) / 50
  return {
    voice,
    stretch: playbackRate / speed,
    // Where nothing is asked, flite's own default is left alone.
    pitchHz: pitchHz === undefined || pitch === playbackRate ? undefined : (pitchHz * pitch) / playbackRate,
    playbackRate,
    gain,
  }
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value))
}
