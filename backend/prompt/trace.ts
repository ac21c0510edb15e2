import { type Draft, partsOf, type Piece } from './draft.ts'
import { isTold } from './history-lines.ts'
import { type LeftOutLore } from './lore/activate-lore.ts'
import { type AssemblyInput, type PromptPart, type PromptTrace } from './prompt-input.ts'
import { sourceOf } from './prompt-lore.ts'
import { type PromptTexts } from './prompt-texts.ts'

export interface Assembled {
  readonly drafts: readonly Draft[]
  readonly texts: PromptTexts
  readonly examples: readonly Piece[]
  readonly leftOutLore: readonly LeftOutLore[]
  readonly window: { readonly start: number }
  readonly budgetTokens: number
}

/** Everything that was considered, with what it costs. */
export function traceOf(input: AssemblyInput, assembled: Assembled): PromptTrace {
  const included = [
    ...assembled.drafts.flatMap((draft) => partsOf(draft, input.counter)),
    ...toolsPart(input),
  ]
  return {
    parts: [
      ...included,
      ...leftOutExamples(input, assembled),
      ...leftOutLore(assembled),
      ...leftOutHistory(input, assembled),
    ],
    total_tokens: included.reduce((sum, { tokens }) => sum + tokens, 0),
    budget_tokens: assembled.budgetTokens,
  }
}

/** What the descriptions of the tools cost, which travel beside the messages. */
export function toolsTokens(input: AssemblyInput): number {
  return toolsPart(input)[0]?.tokens ?? 0
}

function toolsPart({ tools = [], model, counter }: AssemblyInput): readonly PromptPart[] {
  if (tools.length === 0 || !model.canUseTools) return []
  const text = JSON.stringify(tools)
  return [{ name: 'tools', role: 'system', text, tokens: counter.count(text), included: true }]
}

function leftOutExamples({ counter }: AssemblyInput, { texts, examples }: Assembled): readonly PromptPart[] {
  return texts.examples.slice(examples.length).map((piece) => ({
    ...piece,
    role: 'system',
    tokens: counter.count(piece.text),
    included: false,
    reason: 'the conversation needs the room',
  }))
}

function leftOutLore(assembled: Assembled): readonly PromptPart[] {
  return assembled.leftOutLore.map(({ from, text, tokens, reason }) => ({
    name: 'lorebook',
    role: from.entry.role,
    text,
    tokens,
    included: false,
    reason,
    source: sourceOf(from),
  }))
}

/** Not one by one: there may be a hundred thousand of them. */
function leftOutHistory(input: AssemblyInput, { window }: Assembled): readonly PromptPart[] {
  const { history, messageCount = history.length } = input
  const older = messageCount - history.length + window.start
  const hidden = history
    .slice(window.start)
    .filter((message) => !isTold(message) && message.is_excluded).length
  return [
    ...(older > 0 ? [notTold(`${counted(older)} older, and there is no room`)] : []),
    ...(hidden > 0 ? [notTold(`${counted(hidden)} kept from the model`)] : []),
  ]
}

function counted(count: number): string {
  return count === 1 ? '1 message is' : `${count} messages are`
}

function notTold(reason: string): PromptPart {
  return { name: 'history', role: 'user', tokens: 0, text: '', included: false, reason }
}
