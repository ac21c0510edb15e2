/**
 * Binary frames, server to client: a 16-byte little-endian header, then PCM signed 16-bit little-endian mono.
 * See the table in docs/protocol.md.
 */

export const AUDIO_HEADER_BYTES = 16
const LAST_FRAME = 1

export interface AudioFrameHeader {
  /** The turn this audio belongs to. */
  readonly epoch: number
  /** The audio stream of the connection, from `audio_stream_start`. */
  readonly stream: number
  /** 0, 1, 2, … within the stream, no gaps. */
  readonly seq: number
  /** Index of the first sample of this frame within the stream. */
  readonly offset: number
  readonly isLast: boolean
}

export interface AudioFrame extends AudioFrameHeader {
  readonly pcm: Int16Array
}

/** Header and samples in one new buffer, ready to send. */
export function encodeAudioFrame(frame: AudioFrame): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(AUDIO_HEADER_BYTES + frame.pcm.byteLength)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, frame.epoch, true)
  view.setUint16(4, frame.stream, true)
  view.setUint16(6, frame.isLast ? LAST_FRAME : 0, true)
  view.setUint32(8, frame.seq, true)
  view.setUint32(12, frame.offset, true)
  bytes.set(new Uint8Array(frame.pcm.buffer, frame.pcm.byteOffset, frame.pcm.byteLength), AUDIO_HEADER_BYTES)
  return bytes
}

/**
 * Reads a frame. The samples are copied, because buffers from a socket may start at an odd offset.
 * @throws RangeError if the frame is shorter than its header or ends in half a sample.
 */
export function decodeAudioFrame(bytes: Uint8Array): AudioFrame {
  const pcmBytes = bytes.byteLength - AUDIO_HEADER_BYTES
  if (pcmBytes < 0 || pcmBytes % 2 !== 0) {
    throw new RangeError(`Cannot read audio frame: ${bytes.byteLength} bytes`)
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return {
    epoch: view.getUint32(0, true),
    stream: view.getUint16(4, true),
    isLast: (view.getUint16(6, true) & LAST_FRAME) !== 0,
    seq: view.getUint32(8, true),
    offset: view.getUint32(12, true),
    // Not `bytes.slice()`: that of a Node Buffer does not copy.
    pcm: new Int16Array(new Uint8Array(bytes.subarray(AUDIO_HEADER_BYTES)).buffer),
  }
}
