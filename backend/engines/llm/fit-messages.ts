import { type ChatMessage } from '../contracts.ts'

/** What is kept free for the reply, if nobody says how long it may be. */
const REPLY_TOKENS = 512
/** Of roles and separators, per message. */
const OVERHEAD_TOKENS = 6

/**
 * The newest messages that a model with less context than the one the prompt was made for can read: a fallback
 * that forgets the beginning is better than silence. System text and the last message always stay.
 */
export function fitMessages(
  messages: readonly ChatMessage[],
  contextTokens: number,
  replyTokens = REPLY_TOKENS,
): readonly ChatMessage[] {
  const budget = contextTokens - Math.min(replyTokens, contextTokens / 2)
  const sizes = messages.map(tokensOf)
  let total = sizes.reduce((sum, size) => sum + size, 0)
  if (total <= budget) return messages
  let from = 0
  for (; from < messages.length - 1 && total > budget; from += 1) {
    if (messages[from]?.role !== 'system') total -= sizes[from] ?? 0
  }
  // What was looked up makes no sense without the question.
  while (from < messages.length - 1 && messages[from]?.role === 'tool') from += 1
  return messages.filter(({ role }, index) => role === 'system' || index >= from)
}

/** Rather too many: a letter of another script may well be a token. */
function tokensOf({ content }: ChatMessage): number {
  let ascii = 0
  for (let index = 0; index < content.length; index += 1) if (content.charCodeAt(index) < 128) ascii += 1
  return Math.ceil(ascii / 3.5) + (content.length - ascii) + OVERHEAD_TOKENS
}
