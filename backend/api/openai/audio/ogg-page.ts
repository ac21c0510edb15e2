/** Pages of an Ogg file (RFC 3533), for streams of small packets such as those of Opus. */

export interface OggPage {
  readonly packets: readonly Uint8Array[]
  /** Where the last packet ends, in samples; of Opus always at 48 kHz. */
  readonly granule: bigint
  readonly serial: number
  readonly sequence: number
  readonly isFirst?: boolean
  readonly isLast?: boolean
}

const HEADER_BYTES = 27
const LACED = 255
const FIRST = 2
const LAST = 4

/** One page with whole packets, each shorter than 64 KiB, together with no more than 255 lacing values. */
export function oggPage({ packets, granule, serial, sequence, isFirst, isLast }: OggPage): Uint8Array {
  const lacing = packets.flatMap(({ length }) => [
    ...Array.from({ length: Math.floor(length / LACED) }, () => LACED),
    length % LACED,
  ])
  const bodyBytes = packets.reduce((sum, { length }) => sum + length, 0)
  const page = Buffer.alloc(HEADER_BYTES + lacing.length + bodyBytes)
  page.write('OggS', 0, 'latin1')
  page.writeUInt8((isFirst === true ? FIRST : 0) + (isLast === true ? LAST : 0), 5)
  page.writeBigInt64LE(granule, 6)
  page.writeUInt32LE(serial, 14)
  page.writeUInt32LE(sequence, 18)
  page.writeUInt8(lacing.length, 26)
  page.set(lacing, HEADER_BYTES)
  let at = HEADER_BYTES + lacing.length
  for (const packet of packets) {
    page.set(packet, at)
    at += packet.length
  }
  page.writeUInt32LE(oggChecksum(page), 22)
  return page
}

const POLYNOMIAL = 0x04_c1_1d_b7
const TABLE = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index << 24
  for (let bit = 0; bit < 8; bit += 1) value = value & 0x80_00_00_00 ? (value << 1) ^ POLYNOMIAL : value << 1
  return value >>> 0
})

/** CRC-32 without reflection, begun with 0; the page's own field counts as 0. */
export function oggChecksum(page: Uint8Array): number {
  let crc = 0
  for (const [index, byte] of page.entries()) {
    const counted = index >= 22 && index < 26 ? 0 : byte
    crc = ((crc << 8) ^ (TABLE[((crc >>> 24) ^ counted) & 0xff] ?? 0)) >>> 0
  }
  return crc
}
