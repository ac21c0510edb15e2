/** The fields of an entry that are edited alike. */

export const NUMBERS = [
  { field: 'order', min: -1_000_000, max: 1_000_000, isOptional: false },
  { field: 'depth', min: 0, max: 1_000, isOptional: false },
  { field: 'scan_depth', min: 0, max: 1_000, isOptional: true },
  { field: 'probability', min: 0, max: 100, isOptional: false },
  { field: 'sticky', min: 0, max: 100_000, isOptional: false },
  { field: 'cooldown', min: 0, max: 100_000, isOptional: false },
  { field: 'delay', min: 0, max: 100_000, isOptional: false },
  { field: 'group_weight', min: 0, max: 1_000_000, isOptional: false },
  { field: 'delay_until_recursion', min: 0, max: 100, isOptional: false },
] as const

/** What an entry may leave to its book. */
export const INHERITED = ['is_case_sensitive', 'matches_whole_words', 'scores_group'] as const

export const FLAGS = [
  'is_group_override',
  'is_excluded_from_recursion',
  'prevents_recursion',
  'ignores_budget',
  'is_character_filter_inverted',
] as const
