import { AppError } from '../errors.ts'
import { type Draft, partsOf } from './draft.ts'
import { type AssemblyInput, type PartName } from './prompt-input.ts'
import { calledName, listed } from './speaker-names.ts'
import { toolsTokens } from './trace.ts'

const NAMES: Readonly<Record<PartName, string>> = {
  global_roleplay: 'global roleplay',
  system_prompt: 'system prompt',
  cast: 'short descriptions of everyone',
  persona: 'persona',
  description: 'description',
  personality: 'personality',
  scenario: 'scenario',
  examples: 'examples',
  lorebook: 'lorebook',
  house_rule: 'rule for spoken answers',
  summary: 'summary',
  history: 'newest message',
  tool_use: 'results of tools',
  author_note: "author's note",
  depth_prompt: 'depth prompt',
  post_history: 'instructions after the history',
  nudge: 'last instruction',
  placeholder: 'beginning',
  tools: 'tools',
}

const NAMED_PARTS = 3

/** What to say if even what has to be in a prompt is too much for the model. */
export function refuseTooLarge(input: AssemblyInput, drafts: readonly Draft[], tokens: number): AppError {
  const { model, replyTokens, speaker, counter } = input
  const sums = new Map<PartName, number>([['tools', toolsTokens(input)]])
  for (const part of drafts.flatMap((draft) => partsOf(draft, counter))) {
    sums.set(part.name, (sums.get(part.name) ?? 0) + part.tokens)
  }
  const largest = [...sums].toSorted(([, one], [, other]) => other - one).slice(0, NAMED_PARTS)
  const named = listed(largest.filter(([, sum]) => sum > 0).map(([name, sum]) => `${NAMES[name]} (${sum})`))
  return new AppError(
    'invalid',
    `The prompt of ${calledName(speaker)} does not fit: it needs ${tokens} tokens, and "${model.id}" has room for ${Math.max(0, model.contextTokens - replyTokens)} beside a reply of ${replyTokens}. Largest: ${named}. Shorten these, lower the reply's length, or choose a model with a larger context`,
  )
}
