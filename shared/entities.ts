import { z } from 'zod'

/**
 * The four resources of the wire, as stored and as sent. A `…Draft` is what a client sends to create one,
 * a `…Patch` what it sends to change one (key plus the fields to change).
 */

const Timestamp = z.iso.datetime()
const Id = z.string().min(1).max(200)
const Line = z.string().max(500)
const Text = z.string().max(200_000)

const characterFields = {
  name: z.string().trim().min(1).max(200),
  /** The voice it speaks with; null uses the first voice. */
  voice_id: Id.nullable(),
  /** Accent colour as `#rrggbb`; null derives one from the name. */
  color: z
    .string()
    .regex(/^#[0-9a-f]{6}$/i, 'expected a colour like #c05a3c')
    .nullable(),
  /** Instructions shared by all characters of a roleplay. */
  global_roleplay: Text,
  system_prompt: Text,
  description: Text,
  personality: Text,
  scenario: Text,
  first_message: Text,
  message_examples: Text,
  post_history_instructions: Text,
  alternate_greetings: z.array(Text).max(200),
  image_url: z.string().max(2_000).nullable(),
  images: z.array(z.string().max(2_000)).max(500),
  tags: z.array(Line).max(200),
  is_favourite: z.boolean(),
  /** Whether it is in the cast of a fresh conversation. */
  is_active: z.boolean(),
}

const stamps = { created_at: Timestamp, updated_at: Timestamp }

export const Character = z.object({ id: Id, ...characterFields, ...stamps })
export type Character = z.infer<typeof Character>

export const CharacterDraft = z.object({
  ...characterFields,
  voice_id: characterFields.voice_id.default(null),
  color: characterFields.color.default(null),
  global_roleplay: Text.default(''),
  system_prompt: Text.default(''),
  description: Text.default(''),
  personality: Text.default(''),
  scenario: Text.default(''),
  first_message: Text.default(''),
  message_examples: Text.default(''),
  post_history_instructions: Text.default(''),
  alternate_greetings: characterFields.alternate_greetings.default([]),
  image_url: characterFields.image_url.default(null),
  images: characterFields.images.default([]),
  tags: characterFields.tags.default([]),
  is_favourite: z.boolean().default(false),
  is_active: z.boolean().default(false),
})
export type CharacterDraft = z.infer<typeof CharacterDraft>

export const CharacterPatch = z.object({ ...z.object(characterFields).partial().shape, id: Id })
export type CharacterPatch = z.infer<typeof CharacterPatch>

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
})
export type VoiceSettings = z.infer<typeof VoiceSettings>

const voiceFields = {
  voice_name: z.string().trim().min(1).max(200),
  /** The engine: `flite`, `openai`, …, or `auto` for whichever is running. */
  method: Line,
  ref_audio: z.string().max(2_000).nullable(),
  ref_text: Text.nullable(),
  speaker_desc: Text,
  scene_prompt: Text,
  settings: VoiceSettings,
}

export const Voice = z.object({ voice_id: Id, ...voiceFields, ...stamps })
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

export const VoicePatch = z.object({ ...z.object(voiceFields).partial().shape, voice_id: Id })
export type VoicePatch = z.infer<typeof VoicePatch>

const conversationFields = {
  /** Empty until the user or the first message names it. */
  title: z.string().trim().max(500),
  /** Ids of the characters who are present, in speaking order. */
  active_characters: z.array(Id).max(100),
}

export const Conversation = z.object({ conversation_id: Id, ...conversationFields, ...stamps })
export type Conversation = z.infer<typeof Conversation>

export const ConversationDraft = z.object({
  title: conversationFields.title.default(''),
  /** Absent: all characters that are active. */
  active_characters: conversationFields.active_characters.optional(),
})
export type ConversationDraft = z.infer<typeof ConversationDraft>

export const ConversationPatch = z.object({
  ...z.object(conversationFields).partial().shape,
  conversation_id: Id,
})
export type ConversationPatch = z.infer<typeof ConversationPatch>

/** Milliseconds, absent where a stage did not run, and counts. */
export const TurnMetrics = z.object({
  end_of_utterance_delay: z.number().optional(),
  transcription_delay: z.number().optional(),
  llm_ttft: z.number().optional(),
  llm_first_sentence: z.number().optional(),
  tts_ttfb: z.number().optional(),
  first_audio: z.number().optional(),
  total: z.number().optional(),
  tokens: z.number().int().optional(),
  sentences: z.number().int().optional(),
  stale_frames_dropped: z.number().int().optional(),
})
export type TurnMetrics = z.infer<typeof TurnMetrics>

export const MessageRole = z.enum(['user', 'assistant', 'system'])
export type MessageRole = z.infer<typeof MessageRole>

const messageFields = {
  role: MessageRole,
  /** Who said it, as shown: the character's name, or the user's. */
  name: Line,
  /** What was said; of an interrupted message, what was heard of it. */
  content: Text,
  character_id: Id.nullable(),
  is_interrupted: z.boolean(),
  /** The rest of an interrupted message, which nobody heard. */
  unheard: Text,
  /** Whether the user spoke it (as opposed to typed). */
  is_spoken: z.boolean(),
}

export const Message = z.object({
  message_id: Id,
  conversation_id: Id,
  ...messageFields,
  ...stamps,
})
export type Message = z.infer<typeof Message>

export const MessageDraft = z.object({
  ...messageFields,
  conversation_id: Id,
  name: Line.default(''),
  character_id: messageFields.character_id.default(null),
  is_interrupted: z.boolean().default(false),
  unheard: Text.default(''),
  is_spoken: z.boolean().default(false),
})
export type MessageDraft = z.infer<typeof MessageDraft>

export const MessagePatch = z.object({ ...z.object(messageFields).partial().shape, message_id: Id })
export type MessagePatch = z.infer<typeof MessagePatch>

/** Sampling settings of the model; absent means the server's own default. */
export const ModelSettings = z.object({
  model: Line.optional(),
  temperature: z.number().min(0).max(5).optional(),
  top_p: z.number().min(0).max(1).optional(),
  min_p: z.number().min(0).max(1).optional(),
  top_k: z.number().int().min(0).max(1_000).optional(),
  frequency_penalty: z.number().min(-2).max(2).optional(),
  presence_penalty: z.number().min(-2).max(2).optional(),
  repetition_penalty: z.number().min(0).max(5).optional(),
  max_tokens: z.number().int().min(1).max(1_000_000).optional(),
})
export type ModelSettings = z.infer<typeof ModelSettings>

export const EngineStatus = z.object({
  name: z.string(),
  ready: z.boolean(),
  /** Why this engine was chosen, or what to do to make it ready. */
  detail: z.string().optional(),
})
export type EngineStatus = z.infer<typeof EngineStatus>

export const EngineStatuses = z.object({
  vad: EngineStatus,
  stt: EngineStatus,
  llm: EngineStatus,
  tts: EngineStatus,
})
export type EngineStatuses = z.infer<typeof EngineStatuses>
