import { z } from 'zod'
import { Id, Line, Text, MessageRole, Revision, stamps } from './fields.ts'

/** When an entry of a lorebook is told to the model, and where in the prompt. Names as in cards of version 3. */
export const LoreEntry = z.object({
  id: z.string().max(200),
  name: Line.default(''),
  /** Plain words, or a regular expression between slashes. */
  keys: z.array(Line).max(1_000).default([]),
  secondary_keys: z.array(Line).max(1_000).default([]),
  /** How the secondary keys count, if there are any. */
  secondary_logic: z.enum(['any', 'all', 'not_any', 'not_all']).default('any'),
  content: Text.default(''),
  is_enabled: z.boolean().default(true),
  /** Always told. */
  is_constant: z.boolean().default(false),
  /** Larger is nearer to the end, and more important for the budget. */
  order: z.number().default(100),
  position: z
    .enum([
      'before',
      'after',
      'note_top',
      'note_bottom',
      'at_depth',
      'examples_top',
      'examples_bottom',
      'outlet',
    ])
    .default('before'),
  depth: z.number().int().min(0).max(1_000).default(4),
  role: MessageRole.default('system'),
  outlet: Line.default(''),
  /** How many of the newest messages are searched; absent: as the book says. */
  scan_depth: z.number().int().min(0).max(1_000).optional(),
  is_case_sensitive: z.boolean().optional(),
  matches_whole_words: z.boolean().optional(),
  /** Chance in percent to be told when it matches. */
  probability: z.number().min(0).max(100).default(100),
  /** Comma list: of the entries of a group only one is told. */
  group: Line.default(''),
  group_weight: z.number().min(0).default(100),
  is_group_override: z.boolean().default(false),
  scores_group: z.boolean().optional(),
  is_excluded_from_recursion: z.boolean().default(false),
  prevents_recursion: z.boolean().default(false),
  /** Told only by what others tell, from this round on; 0: at once. */
  delay_until_recursion: z.number().int().min(0).default(0),
  /** In messages. */
  sticky: z.number().int().min(0).default(0),
  cooldown: z.number().int().min(0).default(0),
  delay: z.number().int().min(0).default(0),
  ignores_budget: z.boolean().default(false),
  /** Only for, or with `is_character_filter_inverted` not for, characters of these names. */
  character_filter: z.array(Line).max(200).default([]),
  is_character_filter_inverted: z.boolean().default(false),
})
export type LoreEntry = z.infer<typeof LoreEntry>

const lorebookFields = {
  name: z.string().trim().min(1).max(500),
  description: Text,
  /** Whether it counts in every conversation, not only where it is named. */
  is_global: z.boolean(),
  /** How many of the newest messages are searched for keys. */
  scan_depth: z.number().int().min(0).max(1_000),
  /** Tokens for all its entries; null: a quarter of the model's context. */
  token_budget: z.number().int().min(0).nullable(),
  /** Whether what entries tell is searched for keys, too. */
  is_recursive: z.boolean(),
  is_case_sensitive: z.boolean(),
  matches_whole_words: z.boolean(),
  entries: z.array(LoreEntry).max(20_000),
}

/** What the model is told when it is talked about. */
export const Lorebook = z.object({ lorebook_id: Id, ...lorebookFields, revision: Revision, ...stamps })
export type Lorebook = z.infer<typeof Lorebook>

/** A lorebook in a list. */
export const LorebookHead = Lorebook.omit({ entries: true }).extend({ entry_count: z.number().int() })
export type LorebookHead = z.infer<typeof LorebookHead>

export const LorebookDraft = z.object({
  ...lorebookFields,
  description: Text.default(''),
  is_global: z.boolean().default(false),
  scan_depth: lorebookFields.scan_depth.default(2),
  token_budget: lorebookFields.token_budget.default(null),
  is_recursive: z.boolean().default(false),
  is_case_sensitive: z.boolean().default(false),
  matches_whole_words: z.boolean().default(true),
  entries: lorebookFields.entries.default([]),
})
export type LorebookDraft = z.infer<typeof LorebookDraft>

export const LorebookPatch = z.object({
  ...z.object(lorebookFields).partial().shape,
  lorebook_id: Id,
  revision: Revision.optional(),
})
export type LorebookPatch = z.infer<typeof LorebookPatch>
