import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createFliteSynthesizer } from '../../backend/engines/tts/flite/flite.ts'
import { decodeWav } from '../../backend/lib/wav.ts'

/** Speech for tests, 16 kHz: made by the embedded voices, and recorded where there are recordings. */

const NEVER = new AbortController().signal

/** The text in a voice of the embedded engine. */
export async function spoken(text: string, voice = 'rms'): Promise<Int16Array> {
  await using synthesizer = createFliteSynthesizer({ workers: 1 })
  const chunks: Int16Array[] = []
  for await (const { pcm } of synthesizer.synthesize({ text, voice: { engine_voice: voice } }, NEVER)) {
    chunks.push(pcm)
  }
  return joined(...chunks)
}

export interface Recording {
  readonly name: string
  readonly samples: Int16Array
}

/** Human speech from the folder in `TROUPE_TEST_AUDIO`; nothing without it. */
export function recordings(): readonly Recording[] {
  const folder = process.env['TROUPE_TEST_AUDIO']
  if (!folder) return []
  const files = readdirSync(folder).filter((name) => name.endsWith('.wav'))
  return files
    .toSorted()
    .map((name) => ({ name, samples: decodeWav(readFileSync(join(folder, name))).samples }))
}

export function silence(durationMs: number): Int16Array {
  return new Int16Array(durationMs * 16)
}

/** Noise of a fixed seed. @param loudness root mean square in PCM16 units */
export function noise(durationMs: number, loudness: number): Int16Array {
  let seed = 1
  return Int16Array.from({ length: durationMs * 16 }, () => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648
    return Math.round((seed / 1_073_741_824 - 1) * loudness * Math.sqrt(3))
  })
}

export function joined(...parts: readonly Int16Array[]): Int16Array {
  const whole = new Int16Array(parts.reduce((length, part) => length + part.length, 0))
  let start = 0
  for (const part of parts) {
    whole.set(part, start)
    start += part.length
  }
  return whole
}

/** Both at once. */
export function mixed(one: Int16Array, other: Int16Array): Int16Array {
  return one.map((sample, index) => Math.max(-32_768, Math.min(32_767, sample + (other[index] ?? 0))))
}
