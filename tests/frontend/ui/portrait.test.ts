import { describe, expect, it } from 'vitest'
import { portraitOf } from '../../../frontend/src/components/character/portrait.ts'
import { choicesFor, hashOf } from '../../../frontend/src/components/character/seed.ts'

const NAMES = Array.from({ length: 200 }, (_, index) => `Player ${index}`)

describe('portraitOf()', () => {
  it('draws the same picture for the same name and colour', () => {
    expect(portraitOf({ name: 'Nora', color: '#c8822e' })).toEqual(
      portraitOf({ name: 'Nora', color: '#c8822e' }),
    )
  })

  it('draws many different people', () => {
    const pictures = new Set(NAMES.map((name) => JSON.stringify(portraitOf({ name, color: '#c8822e' }))))
    expect(pictures.size).toBeGreaterThan(150)
  })

  it('keeps the person and changes the paper when the colour changes', () => {
    const [amber, teal] = [
      portraitOf({ name: 'Nora', color: '#c8822e' }),
      portraitOf({ name: 'Nora', color: '#2f8f83' }),
    ]
    expect(amber.layers.map((layer) => layer.path)).toEqual(teal.layers.map((layer) => layer.path))
    expect(amber.sky).not.toEqual(teal.sky)
  })

  it('never paints in plain grey, even from a grey colour', () => {
    for (const fill of portraitOf({ name: 'Nora', color: '#808080' }).sky) {
      expect(Number(fill.split(' ')[1])).toBeGreaterThan(0.02)
    }
  })

  it('draws an empty name too', () => {
    expect(portraitOf({ name: '', color: null }).layers.length).toBeGreaterThan(5)
  })
})

describe('choicesFor()', () => {
  it('spreads its choices evenly enough', () => {
    const counts = new Map<number, number>()
    for (const name of NAMES) {
      const choice = choicesFor(name).pick([0, 1, 2, 3])
      counts.set(choice, (counts.get(choice) ?? 0) + 1)
    }
    for (const count of counts.values()) expect(count).toBeGreaterThan(25)
  })

  it('ignores case and outer spaces', () => {
    expect(hashOf('  NORA ')).toBe(hashOf('nora'))
  })
})
