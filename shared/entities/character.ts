import { z } from 'zod'
import { Id, Line, Text, Timestamp, MessageRole, Revision, stamps } from './fields.ts'

/** Function tools a character may be given; see `backend/tools/`. */
export const TOOL_NAMES = [
  'current_time',
  'roll_dice',
  'remember',
  'recall',
  'search_web',
  'fetch_page',
  'read_file',
] as const
export const ToolName = z.enum(TOOL_NAMES)
export type ToolName = z.infer<typeof ToolName>

/** A text that stands among the messages: `depth` 0 is behind the newest, 4 before the fourth newest. */
export const DepthPrompt = z.object({
  text: Text,
  depth: z.number().int().min(0).max(1_000).default(4),
  role: MessageRole.default('system'),
})
export type DepthPrompt = z.infer<typeof DepthPrompt>

/** How a part of what it says sounds: in its own voice, in another, or not at all. */
export const SpokenBy = z.enum(['own', 'other', 'silent'])
export type SpokenBy = z.infer<typeof SpokenBy>

/** How a character is read aloud. */
export const Speaking = z.object({
  /** What stands outside of quotation marks, in texts that have any. */
  narration: SpokenBy.default('own'),
  narration_voice_id: Id.nullable().default(null),
  /** What stands `*between asterisks*`. */
  actions: SpokenBy.default('silent'),
  actions_voice_id: Id.nullable().default(null),
  /** What is written, and how it is to be said: whole words, whatever their case. */
  pronunciations: z
    .array(z.object({ written: z.string().trim().min(1).max(200), spoken: z.string().trim().max(500) }))
    .max(2_000)
    .default([]),
  /** BCP 47, e.g. `de` or `en-GB`; empty: whatever the engine takes it for. */
  language: z.string().max(35).default(''),
})
export type Speaking = z.infer<typeof Speaking>

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
  /** What it is called in prompts and may be called by; empty: its name. */
  nickname: z.string().trim().max(200),
  /** How readily it speaks unasked: 0 never, 1 always. */
  talkativeness: z.number().min(0).max(1),
  group_only_greetings: z.array(Text).max(200),
  creator_notes: Text,
  creator: Line,
  character_version: Line,
  depth_prompt: DepthPrompt.nullable(),
  lorebook_ids: z.array(Id).max(100),
  /** What it may use while it talks. */
  tools: z.array(ToolName).max(TOOL_NAMES.length),
  speaking: Speaking,
}

export const Character = z.object({ id: Id, ...characterFields, revision: Revision, ...stamps })
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
  nickname: characterFields.nickname.default(''),
  talkativeness: characterFields.talkativeness.default(0.5),
  group_only_greetings: characterFields.group_only_greetings.default([]),
  creator_notes: Text.default(''),
  creator: Line.default(''),
  character_version: Line.default(''),
  depth_prompt: characterFields.depth_prompt.default(null),
  lorebook_ids: characterFields.lorebook_ids.default([]),
  tools: characterFields.tools.default([]),
  speaking: Speaking.prefault({}),
})
export type CharacterDraft = z.infer<typeof CharacterDraft>

export const CharacterPatch = z.object({
  ...z.object(characterFields).partial().shape,
  id: Id,
  revision: Revision.optional(),
})
export type CharacterPatch = z.infer<typeof CharacterPatch>

/** What became of a card when it was read. Paths are those of the card, e.g. `data.tags`. */
export const CardReport = z.object({
  repaired: z.array(z.object({ path: z.string(), rule: z.string(), from: z.string(), to: z.string() })),
  ignored: z.array(z.object({ path: z.string(), reason: z.string() })),
  /** What Troupe has no use for, and keeps for the export. */
  kept: z.array(z.object({ path: z.string() })),
})
export type CardReport = z.infer<typeof CardReport>

/** A character in a list. */
export const CharacterHead = Character.pick({
  id: true,
  name: true,
  nickname: true,
  color: true,
  voice_id: true,
  image_url: true,
  tags: true,
  is_favourite: true,
  is_active: true,
  creator: true,
  revision: true,
  created_at: true,
  updated_at: true,
}).extend({
  /** The beginning of its description, on one line, at most 160 characters. */
  tagline: z.string(),
  /** Of everything it adds to a prompt, estimated. */
  token_count: z.number().int(),
  /** First message and alternatives. */
  greeting_count: z.number().int(),
  has_lore: z.boolean(),
  chat_count: z.number().int(),
  /** When it was last talked with; null: never. */
  last_chat_at: Timestamp.nullable(),
})
export type CharacterHead = z.infer<typeof CharacterHead>
