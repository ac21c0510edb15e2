import { createMp3Encoder } from 'wasm-media-encoders'
import { type SoundEncoder, SPEECH_SAMPLE_RATE } from './sound-encoder.ts'

const BITRATE_KBPS = 64
const FULL_SCALE = 32_768

export async function mp3Encoder(): Promise<SoundEncoder> {
  const encoder = await createMp3Encoder()
  encoder.configure({ sampleRate: SPEECH_SAMPLE_RATE, channels: 1, bitrate: BITRATE_KBPS })
  return {
    contentType: 'audio/mpeg',
    // It gives out the same memory each time.
    push: (pcm) => encoder.encode([Float32Array.from(pcm, (sample) => sample / FULL_SCALE)]).slice(),
    end: () => encoder.finalize().slice(),
  }
}
