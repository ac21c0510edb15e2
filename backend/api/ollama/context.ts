import { z } from 'zod'
import { type DoorMessage } from '../core/contract.ts'

/** Longer than any conversation that fits a prompt. */
const MAX_NUMBERS = 1_000_000

const Said = z.array(z.tuple([z.enum(['user', 'assistant']), z.string()]))

/**
 * Ollama's `context` is a list of numbers that programs hand back unread: there it holds tokens, here what was said so far,
 * as bytes, so that nothing has to be kept between requests.
 */
export function toContext(messages: readonly DoorMessage[], answer: string): number[] {
  const said = messages.flatMap(({ role, parts }) => {
    const text = parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n')
    return role === 'user' || role === 'assistant' ? [[role, text]] : []
  })
  return [...Buffer.from(JSON.stringify([...said, ['assistant', answer]]))]
}

/** What a context of ours says; nothing of one that comes from elsewhere. */
export function fromContext(numbers: readonly number[]): DoorMessage[] {
  if (numbers.length === 0 || numbers.length > MAX_NUMBERS) return []
  try {
    const said = Said.parse(JSON.parse(Buffer.from(numbers).toString()))
    return said.map(([role, text]) => ({ role, parts: [{ type: 'text', text }] }))
  } catch {
    return []
  }
}
