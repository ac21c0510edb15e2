import { type CapturedFrame } from './capture-framer.ts'
import { toFloat } from './pcm.ts'

export interface Recording {
  readonly samples: Float32Array<ArrayBuffer>
  /** Root mean square of the loudest frame, 0 … 1. */
  readonly loudest: number
}

interface Source {
  onFrame(listener: (frame: CapturedFrame) => void): () => void
}

/** Resolves when so many frames have been captured. */
export async function record(source: Source, frames: number): Promise<Recording> {
  const captured: CapturedFrame[] = []
  await new Promise<void>((resolve) => {
    const stop = source.onFrame((frame) => {
      captured.push({ ...frame, pcm: frame.pcm.slice() })
      if (captured.length < frames) return
      stop()
      resolve()
    })
  })
  return { samples: joined(captured), loudest: Math.max(...captured.map(({ level }) => level)) }
}

function joined(frames: readonly CapturedFrame[]): Float32Array<ArrayBuffer> {
  const samples = new Float32Array(frames.reduce((sum, { pcm }) => sum + pcm.length, 0))
  let at = 0
  for (const { pcm } of frames) {
    samples.set(toFloat(pcm), at)
    at += pcm.length
  }
  return samples
}
