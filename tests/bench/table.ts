import { type Measured, type Spread } from './figures.ts'
import { type Line } from './line.ts'

const HEADINGS = [
  'scenario',
  'metric',
  'ours p50',
  'p99',
  'beside it',
  'p50',
  'p99',
  'ratio (worst)',
  'goal',
  'verdict',
]
const FIGURES = new Set(['ours p50', 'p99', 'p50', 'ratio (worst)'])

/** As Markdown, in columns that line up. */
export function tableOf(lines: readonly Line[]): string {
  const rows = [HEADINGS, ...lines.map(cellsOf)]
  const widths = HEADINGS.map((_, column) => Math.max(3, ...rows.map((row) => row[column]?.length ?? 0)))
  const [head = '', ...body] = rows.map((row) => rowOf(row, widths))
  const rule = HEADINGS.map((heading, column) => {
    const dashes = '-'.repeat(widths[column] ?? 3)
    return FIGURES.has(heading) ? `${dashes.slice(1)}:` : dashes
  })
  return [head, `| ${rule.join(' | ')} |`, ...body].join('\n')
}

function cellsOf({ scenario, metric, measured, floorName, goal, verdict }: Line): string[] {
  const { ours, floor, ratio } = measured ?? {}
  return [scenario, metric, ...figuresOf(ours), floorName, ...figuresOf(floor), ratioOf(ratio), goal, verdict]
}

function ratioOf(ratio: Measured['ratio']): string {
  if (!ratio || !Number.isFinite(ratio.median)) return ''
  const [middle, worst] = [short(ratio.median), short(ratio.worst)]
  return middle === worst ? middle : `${middle} (${worst})`
}

function figuresOf(spread: Spread | undefined): [string, string] {
  if (!spread) return ['', '']
  return [short(spread.p50), spread.isSpread ? short(spread.p99) : '']
}

/** Three significant digits; whole numbers stay whole. */
export function short(value: number): string {
  if (!Number.isFinite(value)) return '–'
  return Math.abs(value) >= 100 ? String(Math.round(value)) : String(Number(value.toPrecision(3)))
}

function rowOf(cells: readonly string[], widths: readonly number[]): string {
  const padded = cells.map((cell, column) => {
    const width = widths[column] ?? 0
    return FIGURES.has(HEADINGS[column] ?? '') ? cell.padStart(width) : cell.padEnd(width)
  })
  return `| ${padded.join(' | ')} |`
}
