import { type LoreEntry } from '#shared/entities.ts'
import { type JsonObject } from '../json/values.ts'

/** What SillyTavern writes into each entry; a reader of its cards may count on it. */
const TAVERN = {
  position: 0,
  exclude_recursion: false,
  probability: 100,
  useProbability: true,
  depth: 4,
  selectiveLogic: 0,
  group: '',
  group_override: false,
  group_weight: 100,
  prevent_recursion: false,
  delay_until_recursion: false,
  scan_depth: null,
  match_whole_words: null,
  use_group_scoring: null,
  case_sensitive: null,
  role: 0,
  sticky: 0,
  cooldown: 0,
  delay: 0,
}

/** An empty entry of a card. */
export function cardEntry(entry: Pick<LoreEntry, 'keys'>): JsonObject {
  return {
    keys: [],
    secondary_keys: [],
    comment: '',
    content: '',
    constant: false,
    selective: false,
    insertion_order: 100,
    enabled: true,
    position: 'before_char',
    use_regex: entry.keys.some((key) => key.startsWith('/')),
    extensions: TAVERN,
  }
}

/** An empty entry of a file of SillyTavern. */
export function tavernEntry(): JsonObject {
  const camel = Object.entries(TAVERN).map(([name, value]) => [
    name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
    value,
  ])
  return {
    key: [],
    keysecondary: [],
    comment: '',
    content: '',
    constant: false,
    vectorized: false,
    selective: true,
    addMemo: true,
    order: 100,
    disable: false,
    ...Object.fromEntries(camel),
  }
}
