import { expect, it } from 'vitest'
import { wavFile } from '../../../frontend/src/audio/wav-header.ts'
import { wavPieces } from '../../../frontend/src/audio/wav-stream.ts'
import { decodeWav, encodeWav, streamedWavHeader } from '../../../backend/lib/wav.ts'

const SAMPLES = Int16Array.from({ length: 1_000 }, (_, at) => at - 500)

function streamOf(bytes: Uint8Array, pieceBytes: number): ReadableStream<Uint8Array> {
  let at = 0
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) controller.close()
      else controller.enqueue(bytes.subarray(at, (at += pieceBytes)))
    },
  })
}

async function collect(
  stream: ReadableStream<Uint8Array>,
): Promise<{ rates: Set<number>; samples: number[] }> {
  const rates = new Set<number>()
  const samples: number[] = []
  for await (const { sampleRate, pcm } of wavPieces(stream)) {
    rates.add(sampleRate)
    samples.push(...pcm)
  }
  return { rates, samples }
}

it.each([1, 3, 45, 100, 5_000])(
  'a WAV that comes in pieces of %i bytes is played whole',
  async (pieceBytes) => {
    const wav = encodeWav({ sampleRate: 22_050, samples: SAMPLES })
    const { rates, samples } = await collect(streamOf(wav, pieceBytes))
    expect([...rates]).toEqual([22_050])
    expect(samples).toEqual([...SAMPLES])
  },
)

it('a WAV of which nobody knows the length is played to its end', async () => {
  const bytes = encodeWav({ sampleRate: 16_000, samples: SAMPLES })
  bytes.set(streamedWavHeader(16_000))
  expect((await collect(streamOf(bytes, 700))).samples).toEqual([...SAMPLES])
})

it('what is no WAV is not played', async () => {
  await expect(collect(streamOf(new Uint8Array(9_000).fill(65), 1_000))).rejects.toThrow('no WAV')
})

it('wavFile() writes what can be read', async () => {
  const file = wavFile(SAMPLES, 24_000)
  const read = decodeWav(new Uint8Array(await file.arrayBuffer()))
  expect(read.sampleRate).toBe(24_000)
  expect([...read.samples]).toEqual([...SAMPLES])
})
