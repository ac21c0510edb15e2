import { type ChatItem } from './llama-types.ts'

/** Of roles and separators, per item. */
const OVERHEAD_TOKENS = 8
/** Tokens of a part of a text are not exactly in proportion; after so many cuts it fits or never will. */
const MAX_CUTS = 6

/**
 * The newest of a conversation that a model can read: what is oldest goes first, then the longest text loses its
 * beginning. System text stays as long as anything else can go.
 * @param countTokens of a text.
 */
export function fitHistory(
  history: readonly ChatItem[],
  budgetTokens: number,
  countTokens: (text: string) => number,
): readonly ChatItem[] {
  const sized = history.map((item) => ({ item, tokens: countTokens(textOf(item)) + OVERHEAD_TOKENS }))
  let total = sized.reduce((sum, { tokens }) => sum + tokens, 0)
  const kept = sized.filter(({ item, tokens }, index) => {
    const mayGo = item.type !== 'system' && index < sized.length - 1 && total > budgetTokens
    if (mayGo) total -= tokens
    return !mayGo
  })
  for (let cuts = 0; cuts < MAX_CUTS && total > budgetTokens; cuts += 1) {
    const longest = kept.reduce((one, other) => (other.tokens > one.tokens ? other : one))
    const share = Math.max(0, 1 - (total - budgetTokens) / longest.tokens) * 0.95
    total -= longest.tokens
    longest.item = withTail(longest.item, share)
    longest.tokens = countTokens(textOf(longest.item)) + OVERHEAD_TOKENS
    total += longest.tokens
  }
  return kept.map(({ item }) => item)
}

function textOf(item: ChatItem): string {
  if (item.type !== 'model') return item.text
  return item.response.map((part) => (typeof part === 'string' ? part : JSON.stringify(part))).join('')
}

function withTail(item: ChatItem, share: number): ChatItem {
  const tail = (text: string): string => text.slice(text.length - Math.floor(text.length * share))
  return item.type === 'model'
    ? { type: 'model', response: [tail(textOf(item))] }
    : { ...item, text: tail(item.text) }
}
