export type ViewMode = 'grid' | 'list'

/** How large cards are: 1 small, 2 as usual, 3 large. */
export type CardSize = 1 | 2 | 3

const REM_PX = 16
const SIZES = {
  1: { least: 9.5, height: 14, portrait: 5, lines: 1 },
  2: { least: 13.5, height: 20, portrait: 8.5, lines: 2 },
  3: { least: 18, height: 27, portrait: 13, lines: 3 },
} as const
const PHONE_PX = 560
const WIDEST_PX = 88 * REM_PX

interface Layout {
  readonly columns: number
  readonly rowPx: number
  readonly style: Readonly<Record<string, string>>
}

/** How many cards stand side by side, and how high a row is. */
export function layoutFor(mode: ViewMode, size: CardSize, widthPx: number): Layout {
  const isPhone = widthPx < PHONE_PX
  const gap = mode === 'list' ? 0.5 : isPhone ? 0.75 : 1.25
  const inset = isPhone ? 2 : 3
  const roomRem = Math.min(widthPx - inset * REM_PX, WIDEST_PX) / REM_PX
  const chosen = SIZES[isPhone && size === 2 ? 1 : size]
  const fitting = Math.floor((roomRem + gap) / (chosen.least + gap))
  const columns = mode === 'list' ? 1 : Math.max(isPhone && size < 3 ? 2 : 1, fitting)
  const height = mode === 'list' ? 4 : chosen.height
  return {
    columns,
    rowPx: (height + gap) * REM_PX,
    style: {
      '--columns': String(columns),
      '--gap': `${gap}rem`,
      '--card-height': `${chosen.height}rem`,
      '--card-portrait': `${chosen.portrait}rem`,
      '--card-lines': String(chosen.lines),
    },
  }
}
