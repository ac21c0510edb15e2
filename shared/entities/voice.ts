import { z } from 'zod'
import { Id, Line, Text, Revision, stamps } from './fields.ts'

/** How an engine is to sound. Engines ignore what they cannot do. */
export const VoiceSettings = z.object({
  /** The engine's own name of the voice, e.g. `rms` or `alloy`; absent: the engine's first. */
  engine_voice: Line.optional(),
  /** Tempo, 1 = as recorded. */
  speed: z.number().min(0.5).max(2).optional(),
  /** Pitch, 1 = as recorded. */
  pitch: z.number().min(0.5).max(2).optional(),
  /** Size of the vocal tract, 1 = as recorded; above 1 smaller and brighter, below 1 larger and darker. */
  formant: z.number().min(0.7).max(1.4).optional(),
  /** How to say it, in words, for engines that take direction, e.g. `warm, unhurried`. */
  style: z.string().max(2_000).optional(),
})
export type VoiceSettings = z.infer<typeof VoiceSettings>

const voiceFields = {
  voice_name: z.string().trim().min(1).max(200),
  /** The engine: `flite`, `openai`, …, or `auto` for whichever is running. */
  method: Line,
  /** Address of a recording (`/media/…`) that an engine which clones voices is to sound like. */
  ref_audio: z.string().max(2_000).nullable(),
  ref_text: Text.nullable(),
  speaker_desc: Text,
  scene_prompt: Text,
  settings: VoiceSettings,
}

export const Voice = z.object({ voice_id: Id, ...voiceFields, revision: Revision, ...stamps })
export type Voice = z.infer<typeof Voice>

export const VoiceDraft = z.object({
  ...voiceFields,
  method: Line.default('auto'),
  ref_audio: voiceFields.ref_audio.default(null),
  ref_text: voiceFields.ref_text.default(null),
  speaker_desc: Text.default(''),
  scene_prompt: Text.default(''),
  settings: VoiceSettings.default({}),
})
export type VoiceDraft = z.infer<typeof VoiceDraft>

export const VoicePatch = z.object({
  ...z.object(voiceFields).partial().shape,
  voice_id: Id,
  revision: Revision.optional(),
})
export type VoicePatch = z.infer<typeof VoicePatch>
