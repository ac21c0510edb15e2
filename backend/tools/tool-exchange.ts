import { type ToolUse } from '#shared/entities.ts'
import { type ChatMessage } from '../engines/contracts.ts'

/**
 * How a model is told what it has called and what came of it: its own message, then one answer for each call.
 * The calls are written anew from what was understood: some servers refuse a prompt with broken JSON in it, and some
 * give no ids, or only take back those of nine letters and digits.
 * @param spoken what it said before it called; empty if nothing.
 * @param firstNumber of these calls within the prompt, so that each has an id of its own.
 */
export function toolExchange(spoken: string, uses: readonly ToolUse[], firstNumber = 1): ChatMessage[] {
  const numbered = uses.map((use, index) => ({ use, id: idOf(firstNumber + index) }))
  const toolCalls = numbered.map(({ use, id }) => ({
    id,
    name: use.name,
    argumentsJson: JSON.stringify(use.arguments),
  }))
  const answers = numbered.map(({ use, id }) => ({
    role: 'tool' as const,
    toolCallId: id,
    content: use.result,
  }))
  return uses.length === 0 ? [] : [{ role: 'assistant', content: spoken, toolCalls }, ...answers]
}

function idOf(number: number): string {
  return `call${String(number).padStart(5, '0')}`
}
