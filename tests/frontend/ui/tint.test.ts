import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { contrast, fromHex, intoGamut, type Oklch } from '../../../frontend/src/components/character/oklch.ts'
import {
  colorOf,
  DAY_SURFACE,
  NIGHT_SURFACE,
  readable,
  tint,
} from '../../../frontend/src/components/character/tint.ts'

function css({ lightness, chroma, hue }: Oklch): string {
  return `oklch(${lightness} ${chroma} ${hue})`
}

const WHITE: Oklch = { lightness: 1, chroma: 0, hue: 0 }
const BLACK: Oklch = { lightness: 0, chroma: 0, hue: 0 }

describe('oklch', () => {
  it('fromHex() reads pure red as the well-known coordinates', () => {
    const { lightness, chroma, hue } = fromHex('#ff0000')
    expect(lightness).toBeCloseTo(0.628, 2)
    expect(chroma).toBeCloseTo(0.2577, 2)
    expect(hue).toBeCloseTo(29.2, 0)
  })

  it('fromHex() refuses what is not a colour', () => {
    expect(() => fromHex('red')).toThrow(RangeError)
  })

  it('contrast() is 21 between black and white, either way round', () => {
    expect(contrast(WHITE, BLACK)).toBeCloseTo(21, 5)
    expect(contrast(BLACK, WHITE)).toBeCloseTo(21, 5)
  })

  it('contrast() agrees with the published value for mid grey on white', () => {
    expect(contrast(fromHex('#767676'), WHITE)).toBeCloseTo(4.54, 2)
  })

  it('intoGamut() lowers chroma only as far as needed', () => {
    const tame: Oklch = { lightness: 0.6, chroma: 0.05, hue: 200 }
    expect(intoGamut(tame)).toEqual(tame)
    expect(intoGamut({ lightness: 0.9, chroma: 0.37, hue: 280 }).chroma).toBeLessThan(0.1)
  })
})

describe('readable()', () => {
  const everyColor = Array.from({ length: 4_096 }, (_, index) => {
    const channel = (shift: number) => (((index >> shift) & 0xf) * 17).toString(16).padStart(2, '0')
    return `#${channel(8)}${channel(4)}${channel(0)}`
  })

  it('reaches 4.5 : 1 on both themes for colours from the whole cube', () => {
    const unreadable = everyColor.filter((hex) => {
      const color = fromHex(hex)
      const byDay = contrast(readable(color, DAY_SURFACE), DAY_SURFACE)
      const byNight = contrast(readable(color, NIGHT_SURFACE), NIGHT_SURFACE)
      return Math.min(byDay, byNight) < 4.5
    })
    expect(unreadable).toEqual([])
  })

  it('keeps the hue', () => {
    expect(readable(fromHex('#c8822e'), DAY_SURFACE).hue).toBeCloseTo(fromHex('#c8822e').hue, 5)
  })

  it('leaves a colour that already reads as light as it is', () => {
    const dark = fromHex('#5a2a1a')
    expect(readable(dark, DAY_SURFACE).lightness).toBe(dark.lightness)
  })
})

describe('tint()', () => {
  it('measures against surfaces that are really in the token file', () => {
    const tokens = readFileSync(new URL('../../../frontend/src/styles/tokens.css', import.meta.url), 'utf8')
    expect(tokens).toContain(`--stage-deep: light-dark(${css(DAY_SURFACE)},`)
    expect(tokens).toMatch(
      new RegExp(`--overlay: light-dark\\([^;]*, ${css(NIGHT_SURFACE).replaceAll(/[().]/g, '\\$&')}\\);`),
    )
  })

  it('gives a nameless colour the hue of the name, always the same', () => {
    expect(colorOf({ name: 'Nora', color: null })).toEqual(colorOf({ name: ' nora ', color: null }))
    expect(tint({ name: 'Nora', color: null })).not.toEqual(tint({ name: 'Felix', color: null }))
  })

  it('does not stumble over a colour that is none', () => {
    expect(tint({ name: 'Nora', color: 'tomato' })).toEqual(tint({ name: 'Nora', color: null }))
  })
})

describe('styles', () => {
  it('keep hex colours out of everything but the choice of a character colour', () => {
    const tokens = readFileSync(new URL('../../../frontend/src/styles/tokens.css', import.meta.url), 'utf8')
    const base = readFileSync(new URL('../../../frontend/src/styles/base.css', import.meta.url), 'utf8')
    expect(tokens + base).not.toMatch(/#[0-9a-f]{3,8}\b/i)
  })
})
