import { intoGamut, type Oklch, toCss } from './oklch.ts'
import { choicesFor } from './seed.ts'
import { colorOf } from './tint.ts'

/**
 * A paper-cut portrait drawn from a name: layers of coloured paper, each with a thin shadow on the one below.
 * The sheet is 100 wide and 120 high; the face is at (50, 56).
 */
export type PaperLayer = { path: string; fill: string; isFlat?: boolean }
export type Portrait = { sky: readonly [top: string, bottom: string]; layers: PaperLayer[] }

type Shapes = readonly [string, ...string[]]

const BODIES: Shapes = [
  'M12 122C14 98 30 90 50 88s36 10 38 34Z',
  'M8 122c4-20 18-30 32-33h20c14 3 28 13 32 33Z',
  'M16 122c0-22 12-31 34-34 22 3 34 12 34 34Z',
  'M4 122c6-24 24-32 46-34 22 2 40 10 46 34Z',
]

const COLLARS: Shapes = [
  'M38 87 50 106 62 87 70 92 52 122H48L30 92Z',
  'M33 90c5-5 29-5 34 0 4 6 1 10-17 10s-21-4-17-10Z',
  'M50 97 36 90c-3 5-3 11 0 14l14-5 14 5c3-3 3-9 0-14Z',
  'M30 92c8 14 32 14 40 0l6 4c-8 22-44 22-52 0Z',
  'M28 93c4-3 8-5 12-6 2 7 18 7 20 0 4 1 8 3 12 6-3 13-41 13-44 0Z',
]

const RUFF =
  'M27 92c-4-5 2-9 6-6 1-5 8-5 9 0 2-5 8-5 9 0 2-5 8-5 9 0 1-5 8-4 8 1 5-2 9 3 5 7 3 5-3 9-7 6-2 5-8 4-9 0-2 5-8 5-9 0-2 5-8 4-9 0-2 4-8 3-8-1-4 2-8-3-4-7Z'

const FACE = 'M50 36c10 0 16 8 16 19 0 12-7 22-16 22s-16-10-16-22c0-11 6-19 16-19Z'
const FACE_SHADE = 'M50 36c10 0 16 8 16 19 0 12-7 22-16 22-2 0-2-3 1-5 3-3-3-5-2-8l4-3c-4-8-3-18-3-25Z'
const NECK = 'M43 70h14v14c0 4-3 8-7 8s-7-4-7-8Z'

type Hair = { back?: string; front: string; hat?: string }
const HAIR: readonly [Hair, ...Hair[]] = [
  {
    back: 'M50 27c16 0 24 11 24 27 0 10 2 20 4 27-8 4-14 2-17-4V56H39v21c-3 6-9 8-17 4 2-7 4-17 4-27 0-16 8-27 24-27Z',
    front: 'M31 56c-1-16 7-26 20-26s20 10 18 26c-3-6-5-10-7-14-9 4-19 5-26 3-2 3-4 6-5 11Z',
  },
  {
    back: 'M50 10c8 0 13 5 13 12s-5 11-13 11-13-4-13-11 5-12 13-12Z',
    front: 'M31 55c-2-17 7-26 19-26s21 9 19 26c-2-8-6-13-12-15-6-1-14-1-19 2-4 3-6 7-7 13Z',
  },
  { front: 'M32 52c-4-14 4-25 18-25 7-4 21 3 19 25-2-4-3-7-4-10-6 1-14-1-19-5-3 5-9 6-12 9-1 2-2 4-2 6Z' },
  {
    back: 'M50 26c17 0 26 12 26 30 0 20 1 34 5 46H19c4-12 5-26 5-46 0-18 9-30 26-30Z',
    front: 'M30 60c-2-20 7-31 20-31s22 11 20 31c-2-9-6-18-16-24-8 8-18 10-21 13-2 3-3 7-3 11Z',
  },
  {
    back: 'M50 22c6-4 14-2 16 4 8 1 11 8 8 14 5 5 4 13-1 17 2 7-3 13-10 12H37c-7 1-12-5-10-12-5-4-6-12-1-17-3-6 0-13 8-14 2-6 10-8 16-4Z',
    front:
      'M32 52c-4-3-3-8 1-9-2-5 2-9 7-8 2-4 8-5 11-2 4-3 10-1 11 3 5-1 8 3 6 8 4 2 4 6 1 8-3-2-5-4-5-7-5 0-7-2-8-4-4 2-8 2-10-1-3 4-7 4-10 3 0 4-1 7-4 9Z',
  },
  {
    back: 'M31 46h38c3 10 3 22 1 32-6 1-9-1-11-5V52H41v21c-2 4-5 6-11 5-2-10-2-22 1-32Z',
    front: 'M32 53c-1-7 1-12 5-15h26c4 3 6 8 5 15-4-6-8-9-12-9H44c-4 0-8 3-12 9Z',
    hat: 'M15 43c8-4 14-4 17-7 1-12 6-20 12-19 4 1 8 1 12 0 6-1 11 7 12 19 3 3 9 3 17 7-6 6-64 6-70 0Z',
  },
  {
    front: 'M32 54c-1-7 1-12 5-15h26c4 3 6 8 5 15-3-5-5-8-8-9H40c-3 1-5 4-8 9Z',
    hat: 'M26 42c0-5 3-6 8-7l-2-23c12-4 24-4 36 0l-2 23c5 1 8 2 8 7-14 5-34 5-48 0Z',
  },
  {
    back: 'M50 20c20 0 29 16 28 38-1 16 5 26 10 34H12c5-8 11-18 10-34-1-22 8-38 28-38Z',
    front: 'M33 52c0-10 7-15 17-15s17 5 17 15c-4-5-9-7-17-7s-13 2-17 7Z',
  },
  {
    front: 'M31 54c-6-18 6-29 20-28 10-6 24 6 18 28-1-6-3-10-6-13-3 2-8 1-11-1-6 4-14 3-18 6-2 2-2 5-3 8Z',
    back: 'M62 30c10-4 18 4 15 16-2 8 2 14 5 20-9 2-16-2-17-11Z',
  },
  {
    front: 'M32 54c-1-6 0-10 3-13h30c3 3 4 7 3 13-3-5-6-8-10-8H42c-4 0-7 3-10 8Z',
    hat: 'M28 40c-2-14 10-20 24-19 15 0 24 8 19 19 5 0 8 2 9 5-14 1-40-1-52-5Z',
  },
]

/** What is behind: a moon, a window, rays, hills, a curtain. */
const BACKDROPS: Shapes = [
  'M62 14a30 30 0 1 1 0 60 30 30 0 1 1 0-60Z',
  'M20 124V56a30 30 0 0 1 60 0v68Z',
  'M50 60 6-4h20Zm0 0L40-6h20Zm0 0L74-4h20ZM50 60l54-44v22Zm0 0L-4 16v22Zm0 0 56 6v20Zm0 0-56 6v20Z',
  'M-2 70c14-14 26-12 36-2 12-22 30-26 70-4v62H-2Z',
  'M-2-2h26c2 34-6 66-26 90ZM102-2H76c-2 34 6 66 26 90Z',
  'M38 20a24 24 0 1 1 0 48 24 24 0 1 1 0-48Z',
]

type Skin = { face: string; shade: string }
const skin = (lightness: number, chroma: number): Skin => ({
  face: toCss({ lightness, chroma, hue: 64 }),
  shade: toCss({ lightness: lightness - 0.09, chroma: chroma + 0.012, hue: 56 }),
})
const SKINS: readonly [Skin, ...Skin[]] = [
  skin(0.89, 0.045),
  skin(0.84, 0.062),
  skin(0.72, 0.078),
  skin(0.57, 0.075),
]

/** The portrait of a character: always the same for the same name and colour. */
export function portraitOf(character: { name: string; color: string | null }): Portrait {
  const choices = choicesFor(character.name)
  const paper = papersOf(colorOf(character), choices.pick([-58, -42, 44, 62, 150]))
  const tone = choices.pick(SKINS)
  const hair = choices.pick(HAIR)
  const backdrop = choices.pick(BACKDROPS)
  const body = choices.pick(BODIES)
  const collar = choices.next() < 0.14 ? RUFF : choices.pick(COLLARS)
  return {
    sky: [paper.skyTop, paper.skyBottom],
    layers: [
      { path: backdrop, fill: paper.backdrop },
      ...layer(hair.back, paper.hair),
      { path: body, fill: paper.coat },
      { path: NECK, fill: tone.shade },
      { path: collar, fill: paper.collar },
      { path: FACE, fill: tone.face },
      { path: FACE_SHADE, fill: tone.shade, isFlat: true },
      { path: hair.front, fill: hair.hat ? paper.hair : paper.hairFront },
      ...layer(hair.hat, paper.hat),
    ],
  }
}

function layer(path: string | undefined, fill: string): PaperLayer[] {
  return path ? [{ path, fill }] : []
}

/** The papers in the drawer: all from one colour and one neighbour of it, so that any of them go together. */
function papersOf(color: Oklch, turn: number) {
  const chroma = Math.min(0.15, Math.max(0.06, color.chroma))
  const paper = (lightness: number, strength: number, hueTurn = 0) =>
    toCss(intoGamut({ lightness, chroma: chroma * strength, hue: (color.hue + hueTurn + 360) % 360 }))
  return {
    skyTop: paper(0.4, 0.7, turn / 2),
    skyBottom: paper(0.62, 0.85),
    backdrop: paper(0.76, 0.8, turn),
    hair: paper(0.25, 0.3, turn),
    hairFront: paper(0.31, 0.33, turn),
    hat: paper(0.36, 0.7, turn),
    coat: paper(0.47, 1),
    collar: paper(0.9, 0.25, turn),
  }
}
