import { describe, expect, it } from 'vitest'
import { aLaw, muLaw } from '../../../backend/lib/g711.ts'

const ALL = Int16Array.from({ length: 65_536 }, (_, index) => index - 32_768)
const BYTES = Uint8Array.from({ length: 256 }, (_, index) => index)

describe.each([
  // Values of ITU-T G.711, tables 1 and 2, as 16-bit samples.
  [
    'µ-law',
    muLaw,
    [
      [0, 0xff],
      [32_767, 0x80],
      [-32_768, 0x00],
      [1_000, 0xce],
      [-1_000, 0x4e],
    ],
  ],
  [
    'A-law',
    aLaw,
    [
      [8, 0xd5],
      [-8, 0x55],
      [32_767, 0xaa],
      [-32_768, 0x2a],
      [1_000, 0xfa],
    ],
  ],
] as const)('%s', (_name, law, known) => {
  it('writes what the standard says', () => {
    for (const [sample, byte] of known) {
      expect([...law.encode(Int16Array.of(sample))]).toEqual([byte])
    }
  })

  it('reads back what it wrote, as closely as eight bits can', () => {
    const back = law.decode(law.encode(ALL))
    for (const [index, sample] of ALL.entries()) {
      const error = Math.abs((back[index] ?? 0) - sample)
      if (error > Math.max(16, Math.abs(sample) / 16)) throw new Error(`${sample} became ${back[index]}`)
    }
    expect(back).toHaveLength(ALL.length)
  })

  it('keeps every byte that it reads', () => {
    const again = law.encode(law.decode(BYTES))
    // µ-law has two zeros.
    const differing = BYTES.filter((byte, index) => byte !== again[index])
    expect(differing.length).toBeLessThanOrEqual(1)
  })
})
