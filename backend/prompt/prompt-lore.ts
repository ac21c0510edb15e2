import { type LoreEntry } from '#shared/entities.ts'
import { activateLore, type ActiveLore, type LoreResult } from './lore/activate-lore.ts'
import { compiledBook } from './lore/book-cache.ts'
import { type CompiledEntry } from './lore/compiled-book.ts'
import { TimedEffects } from './lore/timed-effects.ts'
import { expand } from './macros/expand-macros.ts'
import { isTold } from './history-lines.ts'
import { type PromptEnv } from './prompt-env.ts'
import { type AssemblyInput } from './prompt-input.ts'
import { EMPTY_MEMORY, type LoreMemory } from './prompt-memory.ts'
import { calledName, lineName } from './speaker-names.ts'

export interface PromptLore extends LoreResult {
  readonly memory: Readonly<Record<string, LoreMemory>>
}

/** The lore of one prompt; fills the outlets that other texts may ask for. */
export function promptLore(input: AssemblyInput, env: PromptEnv): PromptLore {
  const { history, conversation, speaker, model, counter, memory = EMPTY_MEMORY } = input
  const books = input.lorebooks.map(compiledBook)
  const effects = new TimedEffects(memory.lore, input.messageCount ?? history.length)
  const result = activateLore({
    books,
    effects,
    counter,
    foremostBooks: new Set(conversation.lorebook_ids),
    lines: recentLines(input, depthOf(books)),
    speakerNames: [speaker.name, calledName(speaker)],
    replyCount: () => history.filter(({ role }) => role === 'assistant').length,
    contextTokens: model.contextTokens,
    turnSeed: env.turnSeed,
    expandKey: (text) => expand(text, { env, isStatic: false }).text,
    expandContent: (from) => {
      const { text, hiddenKeys } = expand(from.entry.content, { env, isStatic: isSteady(from, input) })
      return { text: text.trim(), hiddenKeys }
    },
  })
  fillOutlets(env, result.active)
  return { ...result, memory: effects.memory() }
}

/** In the order of the prompt: the more important an entry, the nearer to the end. */
export function inPromptOrder(lore: readonly ActiveLore[]): readonly ActiveLore[] {
  return lore.toSorted((one, other) => one.from.entry.order - other.from.entry.order)
}

/**
 * Whether an entry is told in every turn, whoever speaks: then it belongs to the beginning of the prompt, which stays
 * the same. All others come late.
 */
export function isSteady(
  { entry, decorators, groups, book }: CompiledEntry,
  { cast, conversation, lorebooks }: Pick<AssemblyInput, 'cast' | 'conversation' | 'lorebooks'>,
): boolean {
  const isPlaced = STEADY_POSITIONS.includes(entry.position)
  const isCertain = entry.is_constant && entry.probability >= 100 && groups.length === 0
  const isTimed = entry.delay > 0 || entry.delay_until_recursion > 0 || entry.cooldown > 0
  const { forced, onlyAfter, onlyEvery, afterMatch, excludedKeys } = decorators
  const isDecorated = [forced, onlyAfter, onlyEvery, afterMatch].some((rule) => rule !== undefined)
  if (!isPlaced || !isCertain || isTimed || isDecorated || excludedKeys.length > 0) return false
  if (cast.length <= 1) return true
  const isShared =
    conversation.lorebook_ids.includes(book.id) ||
    lorebooks.some(({ lorebook_id, is_global }) => lorebook_id === book.id && is_global)
  return isShared && entry.character_filter.length === 0 && !/\{\{|<\w/.test(entry.content)
}

const STEADY_POSITIONS: readonly LoreEntry['position'][] = [
  'before',
  'after',
  'examples_top',
  'examples_bottom',
]

/** The newest lines, newest first, as they are searched for keys. */
function recentLines(input: AssemblyInput, depth: number): readonly string[] {
  const lines: string[] = []
  for (let index = input.history.length - 1; index >= 0 && lines.length < depth; index -= 1) {
    const message = input.history[index]
    if (message && isTold(message)) lines.push(`${lineName(message, input)}: ${message.content}`)
  }
  return lines
}

function depthOf(books: readonly ReturnType<typeof compiledBook>[]): number {
  return books.reduce((most, { scanDepth }) => Math.max(most, scanDepth), 0)
}

function fillOutlets(env: PromptEnv, lore: readonly ActiveLore[]): void {
  for (const { from, text } of inPromptOrder(lore)) {
    const { position, outlet } = from.entry
    if (position !== 'outlet' || text === '') continue
    const before = env.outlets.get(outlet)
    env.outlets.set(outlet, before === undefined ? text : `${before}\n${text}`)
  }
}

/** Where an entry comes from, for the trace. */
export function sourceOf({ id, entry }: CompiledEntry): string {
  return entry.name === '' ? id : `${entry.name} (${id})`
}
