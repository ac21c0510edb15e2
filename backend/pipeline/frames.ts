/** Longer frames cost less; sound that was sent is silenced by the client, so they do not make an interruption slower. */
const FRAME_MS = 80

/** Kept back of every chunk, so that the stream always has a last frame to mark, and nobody waits for a word's end. */
const TAIL_MS = 5

/**
 * Cuts a chunk of sound into frames, the last of them short. The caller sends all but the last at once, and the last one
 * when it knows whether more follows.
 */
export function splitFrames(pcm: Int16Array, sampleRate: number): Int16Array[] {
  const frameSamples = Math.round((sampleRate * FRAME_MS) / 1000)
  const tailSamples = Math.min(pcm.length >> 1, Math.round((sampleRate * TAIL_MS) / 1000))
  const cut = pcm.length - tailSamples
  const frames: Int16Array[] = []
  for (let start = 0; start < cut; start += frameSamples) {
    frames.push(pcm.subarray(start, Math.min(start + frameSamples, cut)))
  }
  return tailSamples > 0 ? [...frames, pcm.subarray(cut)] : frames
}
