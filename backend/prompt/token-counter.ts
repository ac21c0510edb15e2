import { estimateTokenCount } from 'tokenx'

export interface TokenCounter {
  /** Never negative; 0 for an empty text. */
  count(text: string): number
}

/** What a chat template puts around a message: role, beginning, end. */
export const MESSAGE_TOKENS = 4
/** The empty line between the parts of one message. */
export const SEPARATOR_TOKENS = 1

/**
 * Scripts the library has no rule for, and Cyrillic and Greek, which models of smaller vocabularies cut finer. Chosen
 * to be rather too many than too few; `docs/decisions` has the errors that were measured.
 */
const SCRIPTS = [
  { pattern: /[\u0590-\u05ff]/, averageCharsPerToken: 2.2 },
  { pattern: /[\u0600-\u06ff]/, averageCharsPerToken: 2.8 },
  { pattern: /[\u0900-\u0dff]/, averageCharsPerToken: 2.4 },
  { pattern: /[\u0e00-\u0eff]/, averageCharsPerToken: 2.3 },
  { pattern: /[\u0370-\u03ff]/, averageCharsPerToken: 2.2 },
  { pattern: /[\u0400-\u04ff]/, averageCharsPerToken: 2.8 },
]

/** Too few tokens cost the beginning of the prompt on servers that silently cut it; too many only some history. */
const CAUTION = 1.05

/** A good estimate for any model, without a vocabulary to download. */
export const estimatedTokens: TokenCounter = {
  count(text) {
    if (text === '') return 0
    return Math.max(1, Math.round(estimateTokenCount(text, { languageConfigs: SCRIPTS }) * CAUTION))
  },
}

const CACHED_CHARACTERS = 8_000_000

/**
 * Remembers what it has counted: a conversation is counted again with every turn. Keyed by the text itself, so that
 * an edit, or the name that another listener sees in front of it, needs no invalidation.
 * @param maxCharacters of all texts kept. What was not asked for while half of them came anew is forgotten.
 */
export function cachedTokens(counter: TokenCounter, maxCharacters = CACHED_CHARACTERS): TokenCounter {
  let recent = new Map<string, number>()
  let older = new Map<string, number>()
  let recentCharacters = 0
  return {
    count(text) {
      const known = recent.get(text)
      if (known !== undefined) return known
      const tokens = older.get(text) ?? counter.count(text)
      if (recentCharacters + text.length > maxCharacters / 2) {
        older = recent
        recent = new Map()
        recentCharacters = 0
      }
      recent.set(text, tokens)
      recentCharacters += text.length
      return tokens
    },
  }
}
