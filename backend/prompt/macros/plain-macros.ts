import { chanceOf } from '../seeded.ts'
import { type CallContext, type MacroHandler } from './macro-env.ts'

const MAX_REPEATS = 1_000
const MAX_DICE = 1_000
const MAX_SIDES = 1_000_000

/** Left where `{{trim}}` stood until the text is whole. */
export const TRIM_MARK = '\u0000'

/** Macros that need nothing but their arguments and dice. */
export const PLAIN_MACROS: Readonly<Record<string, MacroHandler>> = {
  newline: ([count]) => '\n'.repeat(repeats(count)),
  space: ([count]) => ' '.repeat(repeats(count)),
  trim: ([text]) => (text === undefined ? TRIM_MARK : text.trim()),
  noop: () => '',
  input: () => '',
  banned: () => '',
  comment: () => '',
  ismobile: () => 'false',
  reverse: ([text = '']) => Array.from(text).toReversed().join(''),
  random: (args, call) => listOf(args)[Math.floor(dice(call, 'random') * listOf(args).length)] ?? '',
  pick: (args, call) => listOf(args)[Math.floor(stableDice(call) * listOf(args).length)] ?? '',
  roll: ([formula = ''], call) => rolled(formula, call),
}

function repeats(count: string | undefined): number {
  const number = Number(count ?? 1)
  return Number.isInteger(number) && number >= 0 ? Math.min(number, MAX_REPEATS) : 1
}

/** `A::B`, or else a comma list in which `\,` is a comma of its own. */
function listOf(args: readonly string[]): readonly string[] {
  const [only = ''] = args
  const items = args.length > 1 ? args : only.split(/(?<!\\),/).map((item) => item.replaceAll('\\,', ','))
  return items.map((item) => item.trim())
}

function stableDice({ env, textHash, offset }: CallContext): number {
  return chanceOf(env.seed, 'pick', textHash(), offset)
}

function dice(call: CallContext, purpose: string): number {
  const { env, textHash, offset, isStatic } = call
  return chanceOf(isStatic ? env.seed : env.turnSeed, purpose, textHash(), offset)
}

/** `6`, `d6`, `2d6+3`; what is no formula is nothing. */
function rolled(formula: string, call: CallContext): string {
  const match = /^(?:(\d*)d)?(\d+)([+-]\d+)?$/i.exec(formula.replaceAll(/\s/g, ''))
  if (!match) return ''
  const count = Math.min(Number(match[1] || 1), MAX_DICE)
  const sides = Math.min(Number(match[2]), MAX_SIDES)
  if (sides < 1) return ''
  let sum = Number(match[3] ?? 0)
  for (let die = 0; die < count; die += 1) sum += 1 + Math.floor(dice(call, `roll ${die}`) * sides)
  return String(sum)
}
