import { contrast, fromHex, intoGamut, type Oklch, toCss } from './oklch.ts'
import { remembered } from './remembered.ts'
import { hashOf } from './seed.ts'

/** The surfaces text may lie on, by theme: the least favourable of the tokens. Kept in step with `tokens.css` by a test. */
export const DAY_SURFACE: Oklch = { lightness: 0.925, chroma: 0.018, hue: 80 }
export const NIGHT_SURFACE: Oklch = { lightness: 0.245, chroma: 0.012, hue: 52 }

const READABLE_CONTRAST = 4.6

type Tintable = { name: string; color: string | null }
const whoOf = ({ name, color }: Tintable): string => `${color} ${name}`

/** The colour a character has, or the one its name gives it. */
export function colorOf({ name, color }: Tintable): Oklch {
  if (color && /^#[0-9a-f]{6}$/i.test(color)) return fromHex(color)
  return { lightness: 0.62, chroma: 0.13, hue: hashOf(name) % 360 }
}

/** The nearest lightness at which the colour reads as text on a surface, at 4.5 : 1 or better. */
export function readable(color: Oklch, surface: Oklch): Oklch {
  const step = surface.lightness > 0.5 ? -0.01 : 0.01
  let lightness = Math.min(1, Math.max(0, color.lightness))
  const at = (value: number) =>
    intoGamut({ ...color, chroma: Math.min(color.chroma, 0.17), lightness: value })
  const end = step < 0 ? 0 : 1
  while (lightness !== end && contrast(at(lightness), surface) < READABLE_CONTRAST) {
    lightness = Math.min(1, Math.max(0, lightness + step))
  }
  return at(lightness)
}

/** CSS variables for an element of class `tinted`, which then has `--who` (text-safe) and `--who-glow` (light). */
export const tint = remembered(whoOf, (character: Tintable): Readonly<Record<string, string>> => {
  const color = colorOf(character)
  const glow = (lightness: number) =>
    toCss(intoGamut({ lightness, chroma: Math.min(0.14, Math.max(0.05, color.chroma)), hue: color.hue }))
  return {
    '--who-by-day': toCss(readable(color, DAY_SURFACE)),
    '--who-by-night': toCss(readable(color, NIGHT_SURFACE)),
    '--who-glow-by-day': glow(0.8),
    '--who-glow-by-night': glow(0.74),
  }
})
