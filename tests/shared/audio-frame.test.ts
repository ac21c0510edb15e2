import { expect, it } from 'vitest'
import {
  AUDIO_HEADER_BYTES,
  decodeAudioFrame,
  encodeAudioFrame,
  type AudioFrame,
} from '#shared/protocol/audio-frame.ts'

const frame: AudioFrame = {
  epoch: 0x01020304,
  stream: 0x0506,
  seq: 0x0708090a,
  offset: 0x0b0c0d0e,
  isLast: true,
  pcm: Int16Array.of(1, -2, 32_767, -32_768),
}

it('encodeAudioFrame() writes the header of the protocol, little-endian, and then the samples', () => {
  expect(Buffer.from(encodeAudioFrame(frame)).toString('hex')).toBe(
    ['04030201', '0605', '0100', '0a090807', '0e0d0c0b', '0100', 'feff', 'ff7f', '0080'].join(''),
  )
})

it.each([
  ['the largest numbers', { epoch: 0xffffffff, stream: 0xffff, seq: 0xffffffff, offset: 0xffffffff }],
  ['zeros', { epoch: 0, stream: 0, seq: 0, offset: 0, isLast: false }],
  ['no samples', { pcm: new Int16Array() }],
  ['one second', { pcm: Int16Array.from({ length: 48_000 }, (_, index) => (index * 7_919) & 0x7fff) }],
])('decodeAudioFrame() gives back %s', (_what, fields) => {
  const sent = { ...frame, ...fields }
  expect(decodeAudioFrame(encodeAudioFrame(sent))).toEqual(sent)
})

it('decodeAudioFrame() reads a frame that starts at an odd byte of a larger buffer', () => {
  const bytes = encodeAudioFrame(frame)
  for (const start of [1, 3, 8, 13]) {
    const larger = new Uint8Array(start + bytes.length + 5).fill(0xaa)
    larger.set(bytes, start)
    expect(decodeAudioFrame(larger.subarray(start, start + bytes.length))).toEqual(frame)
    expect(decodeAudioFrame(Buffer.from(larger.buffer, start, bytes.length))).toEqual(frame)
  }
})

it('decodeAudioFrame() copies the samples, so that the socket may reuse its buffer', () => {
  const bytes = encodeAudioFrame(frame)
  const { pcm } = decodeAudioFrame(bytes)
  bytes.fill(0)
  expect(pcm).toEqual(frame.pcm)
})

it('encodeAudioFrame() takes samples from the middle of a larger buffer, and copies them', () => {
  const larger = Int16Array.of(9, 9, 5, 6, 7, 9)
  const pcm = larger.subarray(2, 5)
  const bytes = encodeAudioFrame({ ...frame, pcm })
  larger.fill(0)
  expect(decodeAudioFrame(bytes).pcm).toEqual(Int16Array.of(5, 6, 7))
})

it('decodeAudioFrame() leaves alone flags it does not know', () => {
  const bytes = encodeAudioFrame({ ...frame, isLast: false })
  bytes[6] = 0b10
  expect(decodeAudioFrame(bytes).isLast).toBe(false)
  bytes[6] = 0b11
  expect(decodeAudioFrame(bytes).isLast).toBe(true)
})

it.each([0, 1, AUDIO_HEADER_BYTES - 1, AUDIO_HEADER_BYTES + 1, AUDIO_HEADER_BYTES + 3])(
  'decodeAudioFrame() refuses %d bytes',
  (length) => {
    expect(() => decodeAudioFrame(new Uint8Array(length))).toThrow(
      new RangeError(`Cannot read audio frame: ${length} bytes`),
    )
  },
)
