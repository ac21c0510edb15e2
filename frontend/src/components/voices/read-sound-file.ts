import { toInt16 } from '../../audio/pcm.ts'
import { RECORDING_RATE } from './recording.ts'

/** Whatever this browser can play, as a recording. @throws DOMException if it cannot. */
export async function readSoundFile(file: Blob): Promise<Int16Array<ArrayBuffer>> {
  const context = new OfflineAudioContext({ numberOfChannels: 1, length: 1, sampleRate: RECORDING_RATE })
  const sound = await context.decodeAudioData(await file.arrayBuffer())
  const channels = Array.from({ length: sound.numberOfChannels }, (_, index) => sound.getChannelData(index))
  return Int16Array.from({ length: sound.length }, (_, at) =>
    toInt16(channels.reduce((sum, channel) => sum + (channel[at] ?? 0), 0) / channels.length),
  )
}
