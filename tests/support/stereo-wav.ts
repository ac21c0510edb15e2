const HEADER_BYTES = 44

/** Two people, one on each side. */
export function stereoWav(left: Int16Array, right: Int16Array, sampleRate: number): Buffer {
  const frames = Math.max(left.length, right.length)
  const wav = Buffer.alloc(HEADER_BYTES + frames * 4)
  wav.write('RIFF', 0)
  wav.writeUInt32LE(wav.length - 8, 4)
  wav.write('WAVEfmt ', 8)
  wav.writeUInt32LE(16, 16)
  wav.writeUInt16LE(1, 20)
  wav.writeUInt16LE(2, 22)
  wav.writeUInt32LE(sampleRate, 24)
  wav.writeUInt32LE(sampleRate * 4, 28)
  wav.writeUInt16LE(4, 32)
  wav.writeUInt16LE(16, 34)
  wav.write('data', 36)
  wav.writeUInt32LE(frames * 4, 40)
  for (let at = 0; at < frames; at += 1) {
    wav.writeInt16LE(left[at] ?? 0, HEADER_BYTES + at * 4)
    wav.writeInt16LE(right[at] ?? 0, HEADER_BYTES + at * 4 + 2)
  }
  return wav
}
