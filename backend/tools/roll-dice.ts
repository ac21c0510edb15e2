import { z } from 'zod'
import { AppError } from '../errors.ts'
import { defineTool } from './contracts.ts'

const MAX_DICE = 100
const MAX_SIDES = 1_000
const NOTATION =
  /^(?<count>\d{0,4})d(?<sides>\d{1,5}|%)(?:k(?<which>[hl])(?<kept>\d{0,4}))?(?<bonus>[+-]\d{1,6})?$/i

interface Roll {
  readonly count: number
  readonly sides: number
  /** How many count: the highest or the lowest. */
  readonly kept: number
  readonly keepsLowest: boolean
  readonly bonus: number
}

export const rollDice = defineTool({
  name: 'roll_dice',
  description: 'Rolls dice and tells each of them and the sum. Use it whenever chance is to decide.',
  parameters: z.object({
    dice: z
      .string()
      .max(50)
      .default('1d6')
      .describe(
        'How many of how many sides: d20, 2d6+3, d%, 4d6kh3 (the highest three), 2d20kl1 (the lowest).',
      ),
  }),
  timeLimitMs: 1_000,
  async run({ dice }, { random }) {
    const roll = parseDice(dice)
    const thrown = Array.from({ length: roll.count }, () => 1 + Math.floor(random() * roll.sides))
    return told(dice, roll, thrown)
  },
})

/** @throws AppError `invalid` if it is no such notation, or beyond what can be held in a hand. */
function parseDice(dice: string): Roll {
  const parts = NOTATION.exec(dice.replaceAll(/\s/g, ''))?.groups
  if (!parts) throw wrongDice(dice, 'write them like d20, 2d6+3 or 4d6kh3')
  const count = Number(parts['count'] || 1)
  const sides = parts['sides'] === '%' ? 100 : Number(parts['sides'])
  const kept = parts['which'] ? Number(parts['kept'] || 1) : count
  if (count < 1 || count > MAX_DICE) throw wrongDice(dice, `roll 1 to ${MAX_DICE} of them`)
  if (sides < 2 || sides > MAX_SIDES) throw wrongDice(dice, `they have 2 to ${MAX_SIDES} sides`)
  if (kept < 1 || kept > count) throw wrongDice(dice, 'keep at least one, and no more than are rolled')
  return {
    count,
    sides,
    kept,
    keepsLowest: /^l$/i.test(parts['which'] ?? ''),
    bonus: Number(parts['bonus'] ?? 0),
  }
}

function told(dice: string, roll: Roll, thrown: readonly number[]): string {
  const ordered = thrown.toSorted((one, other) => (roll.keepsLowest ? one - other : other - one))
  const kept = ordered.slice(0, roll.kept)
  const sum = kept.reduce((total, value) => total + value, roll.bonus)
  const choice = roll.kept < roll.count ? `, counted ${kept.join(', ')}` : ''
  const sign = roll.bonus < 0 ? '-' : '+'
  const bonus = roll.bonus === 0 ? '' : `, ${sign} ${Math.abs(roll.bonus)}`
  return `${dice}: rolled ${thrown.join(', ')}${choice}${bonus}; the result is ${sum}`
}

function wrongDice(dice: string, advice: string): AppError {
  return new AppError('invalid', `Cannot roll "${dice}": ${advice}`)
}
