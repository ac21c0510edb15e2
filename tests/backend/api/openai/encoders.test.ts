import { Decoder } from '@evan/opus'
import { describe, expect, test } from 'vitest'
import { mp3Encoder } from '../../../../backend/api/openai/audio/mp3-encoder.ts'
import { oggChecksum } from '../../../../backend/api/openai/audio/ogg-page.ts'
import { opusEncoder } from '../../../../backend/api/openai/audio/opus-encoder.ts'
import { type SoundEncoder } from '../../../../backend/api/openai/audio/sound-encoder.ts'
import { samplesOf } from '../../../../backend/lib/pcm.ts'

const RATE = 24_000
const SECONDS = 2
/** A tone, which is easily told from what is not one. */
const tone = Int16Array.from(
  { length: RATE * SECONDS },
  (_, at) => 8_000 * Math.sin((at * 2 * Math.PI * 440) / RATE),
)

/** In pieces of any length, as engines give it. */
function encoded(encoder: SoundEncoder, pieceSamples: number): Buffer {
  const parts: Uint8Array[] = []
  for (let at = 0; at < tone.length; at += pieceSamples)
    parts.push(encoder.push(tone.subarray(at, at + pieceSamples)))
  return Buffer.concat([...parts, encoder.end()])
}

interface Page {
  readonly flags: number
  readonly granule: number
  readonly sequence: number
  readonly packets: Buffer[]
}

function pagesOf(file: Buffer): Page[] {
  const pages: Page[] = []
  for (let at = 0; at < file.length;) {
    expect(file.toString('latin1', at, at + 4)).toBe('OggS')
    const lacing = file.subarray(at + 27, at + 27 + file.readUInt8(at + 26))
    const packets: Buffer[] = []
    let from = at + 27 + lacing.length
    let length = 0
    for (const lace of lacing) {
      length += lace
      if (lace === 255) continue
      packets.push(file.subarray(from, from + length))
      from += length
      length = 0
    }
    expect(file.readUInt32LE(at + 22)).toBe(oggChecksum(file.subarray(at, from)))
    const granule = Number(file.readBigInt64LE(at + 6))
    pages.push({ flags: file.readUInt8(at + 5), granule, sequence: file.readUInt32LE(at + 18), packets })
    at = from
  }
  return pages
}

/** How often a second the sound goes up through zero. */
function pitchOf(samples: Int16Array): number {
  const rises = samples.filter((sample, at) => sample >= 0 && (samples[at - 1] ?? 0) < 0).length
  return (rises * RATE) / samples.length
}

describe('Opus in Ogg', () => {
  test.each([480, 1_000, 2_400, 48_000])(
    'is what was said, given in pieces of %i samples',
    (pieceSamples) => {
      const pages = pagesOf(encoded(opusEncoder(), pieceSamples))
      expect(pages.map(({ sequence }) => sequence)).toEqual(pages.map((_, index) => index))
      expect(pages.map(({ flags }) => flags)).toEqual([2, ...pages.slice(1, -1).map(() => 0), 4])
      const [head, tags, ...sound] = pages
      expect(head?.packets[0]?.toString('latin1', 0, 8)).toBe('OpusHead')
      expect(tags?.packets[0]?.toString('latin1', 0, 8)).toBe('OpusTags')
      const preSkip = head?.packets[0]?.readUInt16LE(10) ?? 0
      expect((pages.at(-1)?.granule ?? 0) - preSkip).toBe(48_000 * SECONDS)
      const decoder = new Decoder({ channels: 1, sample_rate: RATE })
      const packets = sound.flatMap((page) => page.packets)
      const heard = samplesOf(Buffer.concat(packets.map((packet) => Buffer.from(decoder.decode(packet)))))
      expect(heard.length - preSkip / 2).toBeGreaterThanOrEqual(tone.length)
      expect(pitchOf(heard.subarray(RATE / 2, RATE))).toBeCloseTo(440, -1)
    },
  )
})

describe('MP3', () => {
  test.each([1_000, 48_000])(
    'is as long as what was said, given in pieces of %i samples',
    async (pieceSamples) => {
      const file = encoded(await mp3Encoder(), pieceSamples)
      let frames = 0
      for (let at = 0; at + 4 <= file.length;) {
        // MPEG 2, layer III, 64 kbit/s, 24 kHz: 576 samples in 192 bytes.
        expect(file.readUInt16BE(at) & 0xff_fe).toBe(0xff_f2)
        at += 192 + ((file.readUInt8(at + 2) >> 1) & 1)
        frames += 1
      }
      expect((frames * 576) / RATE).toBeGreaterThanOrEqual(SECONDS)
      expect((frames * 576) / RATE).toBeLessThan(SECONDS + 0.2)
    },
  )
})
