/** Sounds that are played to be judged, beside everything that is spoken. */

const RATE = 24_000
const NOTES_HZ = [392, 523.25, 659.25]
const NOTE_SECONDS = 0.34

/** Three notes that rise, each fading. */
export function threeNotes(): Float32Array<ArrayBuffer> {
  const noteSamples = Math.round(NOTE_SECONDS * RATE)
  const samples = new Float32Array(noteSamples * NOTES_HZ.length)
  for (const [note, hz] of NOTES_HZ.entries()) {
    for (let i = 0; i < noteSamples; i++) {
      const attack = Math.min(1, i / 240)
      const fade = Math.exp((-4 * i) / noteSamples)
      samples[note * noteSamples + i] = 0.3 * attack * fade * Math.sin((2 * Math.PI * hz * i) / RATE)
    }
  }
  return samples
}

export const playThreeNotes = (sinkId: string): Promise<void> =>
  play(sinkId, (context) => bufferOf(context, threeNotes(), RATE))

export const playSamples = (
  samples: Float32Array<ArrayBuffer>,
  rate: number,
  sinkId: string,
): Promise<void> => play(sinkId, (context) => bufferOf(context, samples, rate))

/** @param file as a browser can decode it: WAV, for one. */
export const playFile = (file: ArrayBuffer, sinkId: string): Promise<void> =>
  play(sinkId, (context) => context.decodeAudioData(file))

/** Resolves when it has been heard to its end. */
async function play(
  sinkId: string,
  sound: (context: AudioContext) => AudioBuffer | Promise<AudioBuffer>,
): Promise<void> {
  const context = new AudioContext()
  try {
    if (sinkId !== 'default') await context.setSinkId?.(sinkId)
    await context.resume()
    const source = new AudioBufferSourceNode(context, { buffer: await sound(context) })
    source.connect(context.destination)
    await new Promise((resolve) => {
      source.addEventListener('ended', resolve)
      source.start()
    })
  } finally {
    await context.close()
  }
}

function bufferOf(context: AudioContext, samples: Float32Array<ArrayBuffer>, rate: number): AudioBuffer {
  const buffer = context.createBuffer(1, samples.length, rate)
  buffer.copyToChannel(samples, 0)
  return buffer
}
