import { type AssembledPrompt } from '../../backend/prompt/prompt-input.ts'
import { type TokenCounter } from '../../backend/prompt/token-counter.ts'

/** How much of a prompt a server that has read the one before need not read again, in tokens. */
export function unchangedTokens(
  before: AssembledPrompt,
  now: AssembledPrompt,
  counter: TokenCounter,
): number {
  const [old, text] = [flat(before), flat(now)]
  let length = 0
  while (length < text.length && text.charCodeAt(length) === old.charCodeAt(length)) length += 1
  return counter.count(text.slice(0, length))
}

export function flat({ messages }: AssembledPrompt): string {
  return messages.map(({ role, content }) => `<|${role}|>${content}`).join('')
}
