import { z } from 'zod'

const Tokens = z.number().min(0)

/** One part of what a model is sent, or what was left out. */
export const PromptPart = z.object({
  name: z.string(),
  role: z.string(),
  tokens: Tokens,
  text: z.string(),
  included: z.boolean(),
  /** Why it was left out. */
  reason: z.string().optional(),
  /** Where it comes from: a lorebook, a character, a message. */
  source: z.string().optional(),
})
export type PromptPart = z.infer<typeof PromptPart>

/** What would be sent if a character spoke next. */
export const PromptTrace = z.object({
  parts: z.array(PromptPart),
  total_tokens: Tokens,
  budget_tokens: Tokens,
})
export type PromptTrace = z.infer<typeof PromptTrace>

/** Parts of one kind that stand together. */
export interface PartGroup {
  readonly name: string
  readonly title: string
  readonly tokens: number
  readonly parts: readonly PromptPart[]
}

const TITLES: Readonly<Record<string, string>> = {
  global_roleplay: 'Rules of the house',
  system_prompt: 'Instructions',
  cast: 'Who is on stage',
  persona: 'Whom you play',
  description: 'Description',
  personality: 'Personality',
  scenario: 'Scene',
  examples: 'Examples',
  lorebook: 'Lore',
  author_note: 'Your note',
  depth_prompt: 'Reminder among the messages',
  summary: 'Summary',
  history: 'Conversation',
  post_history: 'Last reminder',
  nudge: 'Whose turn it is',
  tools: 'Tools',
  tool_use: 'What was looked up',
  house_rule: 'One speaks at a time',
  placeholder: 'Opening line',
}

/** What a part is called in front of people. */
export function titleOf(name: string): string {
  const words = name.replaceAll('_', ' ')
  return TITLES[name] ?? words.charAt(0).toUpperCase() + words.slice(1)
}

/** What is sent, in order, with neighbours of one kind together: a thousand messages are one line. */
export function groupsOf(parts: readonly PromptPart[]): PartGroup[] {
  const groups: { name: string; parts: PromptPart[] }[] = []
  for (const part of parts) {
    const last = groups.at(-1)
    if (last?.name === part.name) last.parts.push(part)
    else groups.push({ name: part.name, parts: [part] })
  }
  return groups.map(({ name, parts: own }) => ({
    name,
    title: titleOf(name),
    tokens: own.reduce((sum, { tokens }) => sum + tokens, 0),
    parts: own,
  }))
}

/** `1,234 of 8,192 tokens, 15 %` */
export function budgetWords({ total_tokens: total, budget_tokens: budget }: PromptTrace): string {
  const share = budget > 0 ? `, ${Math.round((total / budget) * 100)} %` : ''
  return `${total.toLocaleString('en-US')} of ${budget.toLocaleString('en-US')} tokens${share}`
}
