/** What changes a list of characters: whoever comes, goes, or is no longer as was. */
export const CHARACTER_CHANGES = [
  'character_created',
  'character_updated',
  'character_deleted',
  'characters_changed',
  'trash_restored',
] as const
