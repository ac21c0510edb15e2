import { z } from 'zod'
import { Speaking, VoiceDraft } from '../entities.ts'
import { Key } from './paging.ts'

/** What can be asked of voices beside keeping them, over `/api/voices`. */

export const VoiceTrait = z.enum(['speed', 'pitch', 'formant', 'style'])
export type VoiceTrait = z.infer<typeof VoiceTrait>

export const EngineVoice = z.object({
  /** What `settings.engine_voice` names. */
  id: z.string(),
  name: z.string(),
  /** BCP 47 */
  language: z.string().optional(),
  gender: z.enum(['female', 'male', 'neutral']).optional(),
  description: z.string().optional(),
})
export type EngineVoice = z.infer<typeof EngineVoice>

/** An engine that is running, and its voices. */
export const VoiceEngine = z.object({
  engine: z.string(),
  can_clone: z.boolean(),
  /** What of the settings it follows. */
  honours: z.array(VoiceTrait),
  voices: z.array(EngineVoice),
  /** Why the voices may not be all, in words. */
  problem: z.string().nullable(),
})
export type VoiceEngine = z.infer<typeof VoiceEngine>

/** A few words in a voice that need not be kept yet. */
export const VoicePreview = z.object({
  text: z.string().trim().min(1).max(1_000),
  /** The voice; absent: the stored one that is named, or the first. */
  voice: VoiceDraft.omit({ voice_name: true }).optional(),
  voice_id: Key.nullable().optional(),
  /** Who speaks, where a voice of another engine has to be stood in for. */
  character_id: Key.optional(),
  /** Absent: everything is said as it is written. */
  speaking: Speaking.optional(),
})
export type VoicePreview = z.infer<typeof VoicePreview>

export const TranscribeRequest = z.object({
  /** Address of a recording in the media store: a WAV of 60 seconds at most. */
  audio: z.string().min(1).max(2_000),
})
export const Transcribed = z.object({ text: z.string() })
