import { z } from 'zod'
import { currentLanguage, t } from '../../i18n/index.ts'
import { en } from '../../locales/en.ts'

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

/** What a part is called in front of people. */
export function titleOf(name: string): string {
  if (Object.hasOwn(en.backstage.prompt.parts, name)) return t(`backstage.prompt.parts.${name}`)
  const words = name.replaceAll('_', ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/** Messages are known by their ids, which tell people nothing. */
const OF_MESSAGES = ['history', 'tool_use']

/** Whom or what a part comes from, in words for people. */
export function sourcesOf({ name, parts }: PartGroup): string[] {
  if (OF_MESSAGES.includes(name)) return []
  return [...new Set(parts.flatMap(({ source }) => source ?? []))]
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
  const language = currentLanguage()
  const words = { total: total.toLocaleString(language), budget: budget.toLocaleString(language) }
  if (budget <= 0) return t('backstage.prompt.budget', words)
  return t('backstage.prompt.budgetShare', { ...words, share: Math.round((total / budget) * 100) })
}
