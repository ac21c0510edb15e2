import { type Message } from '#shared/entities.ts'
import { costOf, type Draft, messageOf, type Piece } from './draft.ts'
import { historyWindow, type HistoryWindow, type WindowInput } from './history-window.ts'
import { isTold, linesOf } from './history-lines.ts'
import { draftsOf, type Layout, layoutOf } from './layout.ts'
import { type ActiveLore, type LeftOutLore } from './lore/activate-lore.ts'
import { refuseTooLarge } from './too-large.ts'
import { promptEnv } from './prompt-env.ts'
import { type AssembledPrompt, type AssemblyInput } from './prompt-input.ts'
import { promptLore } from './prompt-lore.ts'
import { type CutState, EMPTY_MEMORY, NO_CUT } from './prompt-memory.ts'
import { promptTexts, type PromptTexts } from './prompt-texts.ts'
import { stopsOf } from './stops.ts'
import { demoted, ROLES_RESERVE_TOKENS, strictRoles } from './strict-roles.ts'
import { MESSAGE_TOKENS } from './token-counter.ts'
import { toolsTokens, traceOf } from './trace.ts'

/** Examples may take this much of the prompt. */
const EXAMPLES_SHARE = 0.25
/** Lore may take this much of what the rest leaves free. */
const LORE_SHARE = 0.5

/**
 * Makes the prompt with which a model speaks as one character: pure, the same for the same input.
 * @throws AppError `invalid` if what has to be in it does not fit the model's context; it names the largest parts.
 */
export function assemblePrompt(input: AssemblyInput): AssembledPrompt {
  const env = promptEnv(input)
  const lore = promptLore(input, env)
  const texts = promptTexts(input, env)
  const fitted = fit(input, texts, lore.active)
  const drafts = strictRoles(fitted.layout.head, bodyOf(input, fitted), input.model.roles)
  return {
    messages: drafts.map(messageOf),
    stops: stopsOf(input),
    trace: traceOf(input, {
      ...fitted,
      drafts,
      texts,
      leftOutLore: [...lore.leftOut, ...fitted.leftOutLore],
    }),
    memory: {
      cut: fitted.cut,
      lore: lore.memory,
      variables: Object.fromEntries(env.variables.local),
      global_variables: Object.fromEntries(env.variables.global),
    },
  }
}

export interface Fitted {
  readonly layout: Layout
  readonly window: HistoryWindow
  readonly cut: CutState
  readonly budgetTokens: number
  readonly examples: readonly Piece[]
  readonly leftOutLore: readonly LeftOutLore[]
}

/** Decides what there is room for: what must be, lore, examples, and as much history as possible. */
function fit(input: AssemblyInput, texts: PromptTexts, active: readonly ActiveLore[]): Fitted {
  const { counter } = input
  const budgetTokens = Math.max(0, input.model.contextTokens - input.replyTokens)
  const bare = layoutOf({ input, texts, lore: [], examples: [] })
  const messageTokens = (message: Message): number => costOf(tellOf(input, message), counter)
  const newest = input.history.findLast(isTold)
  const required = [...draftsOf(bare), ...(newest ? tellOf(input, newest) : [])]
  const requiredTokens = costOf(required, counter) + toolsTokens(input) + ROLES_RESERVE_TOKENS
  if (requiredTokens > budgetTokens) throw refuseTooLarge(input, required, requiredTokens)
  const lore = loreThatFits(active, (budgetTokens - requiredTokens) * LORE_SHARE)
  const dressed = layoutOf({ input, texts, lore: lore.kept, examples: [] })
  const fixedTokens = costOf(draftsOf(dressed), counter) + toolsTokens(input) + ROLES_RESERVE_TOKENS
  const history: WindowInput = {
    history: input.history,
    cut: input.memory?.cut ?? NO_CUT,
    roomTokens: budgetTokens - fixedTokens,
    costOf: messageTokens,
  }
  const wanted = examplesThatFit(input, texts.examples, budgetTokens)
  const { examples, window } = examplesOrHistory(history, wanted)
  const hasDropped = examples.length < wanted.pieces.length
  return {
    layout: layoutOf({ input, texts, lore: lore.kept, examples }),
    window,
    cut: cutAt(input, window.start, hasDropped),
    budgetTokens,
    examples,
    leftOutLore: lore.leftOut,
  }
}

/** The most important entries, up to the first for which there is no room. */
function loreThatFits(active: readonly ActiveLore[], roomTokens: number) {
  let tokens = 0
  const end = active.findIndex((lore) => {
    tokens += lore.tokens + MESSAGE_TOKENS
    return tokens > roomTokens
  })
  const kept = end === -1 ? active : active.slice(0, end)
  const reason = 'the prompt has no room for it'
  const leftOut = end === -1 ? [] : active.slice(end).map((lore) => ({ ...lore, reason }))
  return { kept, leftOut }
}

interface Examples {
  readonly pieces: readonly Piece[]
  readonly tokens: number
}

/** Whole dialogues, in order. How many does not depend on the history, so that it does not change with it. */
function examplesThatFit(
  { counter }: AssemblyInput,
  pieces: readonly Piece[],
  budgetTokens: number,
): Examples {
  let tokens = 0
  let count = 0
  for (const { text } of pieces) {
    const more = tokens + counter.count(text) + MESSAGE_TOKENS
    if (more > budgetTokens * EXAMPLES_SHARE) break
    tokens = more
    count += 1
  }
  return { pieces: pieces.slice(0, count), tokens }
}

/** Examples make room for messages: all of them at once, and for good unless there is plenty of room again. */
function examplesOrHistory(history: WindowInput, examples: Examples) {
  const { roomTokens, cut } = history
  const beside = historyWindow({ ...history, roomTokens: roomTokens - examples.tokens })
  if (!cut.are_examples_dropped && !beside.isCut) return { examples: examples.pieces, window: beside }
  const window = historyWindow(history)
  const isRoomy = window.start === 0 && window.tokens + examples.tokens <= roomTokens / 2
  return { examples: isRoomy ? examples.pieces : [], window }
}

function cutAt(input: AssemblyInput, start: number, hasDroppedExamples: boolean): CutState {
  const { history, messageCount = history.length, memory = EMPTY_MEMORY } = input
  const isWhole = start === 0 && messageCount <= history.length
  if (isWhole) return { ...NO_CUT, are_examples_dropped: hasDroppedExamples }
  const before = history.slice(Math.max(0, start - LOOK_BACK), start).findLast(isTold)
  const first = history[start]?.message_id ?? null
  const isSame = first === memory.cut.first_message_id
  return {
    first_message_id: first,
    last_left_out_id: before?.message_id ?? (isSame ? memory.cut.last_left_out_id : null),
    are_examples_dropped: hasDroppedExamples,
  }
}

const LOOK_BACK = 1_000

function tellOf(input: AssemblyInput, message: Message): readonly Draft[] {
  return demoted(linesOf(message, input), input.model.roles)
}

/** The history with what stands among it, and what stands behind it. */
function bodyOf(input: AssemblyInput, { layout, window }: Fitted): readonly Draft[] {
  const told = input.history.slice(window.start).filter(isTold)
  const injected = injectedBy(layout, told.length)
  const body = told.flatMap((message, index) => {
    const depth = told.length - index
    const lines = tellOf(input, message).map((draft) => atDepth(draft, depth - 1))
    return [...(injected.get(depth) ?? []), ...lines]
  })
  return [...body, ...(injected.get(0) ?? []), ...layout.tail]
}

/** By depth; what is deeper than the conversation stands before it. */
function injectedBy({ injections }: Layout, deepest: number): ReadonlyMap<number, readonly Draft[]> {
  const injected = new Map<number, readonly Draft[]>()
  for (const { depth, drafts } of injections.toSorted((one, other) => other.depth - one.depth)) {
    const place = Math.min(depth, deepest)
    injected.set(place, [...(injected.get(place) ?? []), ...drafts])
  }
  return injected
}

function atDepth(draft: Draft, depth: number): Draft {
  return { ...draft, pieces: draft.pieces.map((piece) => ({ ...piece, depth })) }
}
