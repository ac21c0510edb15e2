import { expect, test } from 'vitest'
import { decodeWav, encodeWav } from '../../../backend/lib/wav.ts'

const WAV = { sampleRate: 16_000, samples: Int16Array.of(0, 1, -1, 32_767, -32_768) }

test('decodeWav() reads back what encodeWav() wrote', () => {
  expect(decodeWav(encodeWav(WAV))).toEqual(WAV)
  expect(decodeWav(encodeWav({ ...WAV, samples: new Int16Array() })).samples).toHaveLength(0)
})

test('decodeWav() skips chunks it does not know, odd ones too', () => {
  const bytes = encodeWav(WAV)
  const list = Uint8Array.of(...new TextEncoder().encode('LIST'), 3, 0, 0, 0, 1, 2, 3, 0)
  const withList = Uint8Array.of(...bytes.subarray(0, 36), ...list, ...bytes.subarray(36))
  expect(decodeWav(withList)).toEqual(WAV)
})

test('decodeWav() reads to the end of the file where the writer did not know the size', () => {
  const bytes = encodeWav(WAV)
  new DataView(bytes.buffer).setUint32(40, 0xff_ff_ff_ff, true)
  expect(decodeWav(bytes)).toEqual(WAV)
})

test.each([
  ['nothing', new Uint8Array()],
  ['a page', new TextEncoder().encode('<html><body>not found</body></html>')],
  ['a file cut off in its format', encodeWav(WAV).slice(0, 24)],
  ['a file without audio', encodeWav(WAV).slice(0, 36)],
  ['stereo', encodeWav(WAV).with(22, 2)],
  ['8 bits', encodeWav(WAV).with(34, 8)],
])('decodeWav() refuses %s', (_, bytes) => {
  expect(() => decodeWav(bytes)).toThrow(/Cannot decode WAV/)
})
