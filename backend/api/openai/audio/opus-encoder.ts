import { randomInt } from 'node:crypto'
import { Encoder } from '@evan/opus'
import { bytesOf } from '../../../lib/pcm.ts'
import { oggPage } from './ogg-page.ts'
import { type SoundEncoder, SPEECH_SAMPLE_RATE } from './sound-encoder.ts'

const FRAME_SAMPLES = SPEECH_SAMPLE_RATE / 50
/** Opus counts time at 48 kHz, whatever goes in. */
const TICKS_PER_SAMPLE = 48_000 / SPEECH_SAMPLE_RATE
/** What its encoder looks ahead, to be skipped by who plays it. */
const PRE_SKIP_TICKS = 312
/** A fifth of a second: the first sound is not to wait for a full page. */
const FRAMES_PER_PAGE = 10
const MAX_SERIAL = 0x7f_ff_ff_ff

/** Opus in Ogg, as files with the ending `.opus` have it. */
export function opusEncoder(): SoundEncoder {
  return new OggOpus()
}

class OggOpus implements SoundEncoder {
  readonly contentType = 'audio/ogg; codecs=opus'
  readonly #encoder = new Encoder({ channels: 1, sample_rate: SPEECH_SAMPLE_RATE, application: 'voip' })
  readonly #serial = randomInt(MAX_SERIAL)
  #sequence = 0
  #rest = new Int16Array()
  #packets: Uint8Array[] = []
  #samples = 0
  #encodedSamples = 0

  push(pcm: Int16Array): Uint8Array {
    this.#samples += pcm.length
    const samples = joined(this.#rest, pcm)
    const whole = samples.length - (samples.length % FRAME_SAMPLES)
    const pages = this.#sequence === 0 ? this.#headers() : []
    for (let at = 0; at < whole; at += FRAME_SAMPLES) {
      this.#encode(samples.subarray(at, at + FRAME_SAMPLES))
      if (this.#packets.length >= FRAMES_PER_PAGE) pages.push(this.#page(false))
    }
    this.#rest = samples.slice(whole)
    return Buffer.concat(pages)
  }

  /** The encoder holds back a little: silence behind the end brings it out, and the length says where to stop. */
  end(): Uint8Array {
    const pages = this.#sequence === 0 ? this.#headers() : []
    const neededSamples = this.#samples + PRE_SKIP_TICKS / TICKS_PER_SAMPLE
    let rest = this.#rest
    while (this.#encodedSamples < neededSamples || this.#packets.length === 0) {
      this.#encode(joined(rest, new Int16Array(FRAME_SAMPLES - rest.length)))
      rest = new Int16Array()
    }
    pages.push(this.#page(true))
    return Buffer.concat(pages)
  }

  #encode(frame: Int16Array): void {
    this.#packets.push(this.#encoder.encode(bytesOf(frame)).slice())
    this.#encodedSamples += FRAME_SAMPLES
  }

  #page(isLast: boolean): Uint8Array {
    const ticks = isLast
      ? PRE_SKIP_TICKS + this.#samples * TICKS_PER_SAMPLE
      : this.#encodedSamples * TICKS_PER_SAMPLE
    const packets = this.#packets
    this.#packets = []
    return this.#next(packets, { granule: BigInt(ticks), isLast })
  }

  #headers(): Uint8Array[] {
    const granule = 0n
    return [this.#next([opusHead()], { granule, isFirst: true }), this.#next([opusTags()], { granule })]
  }

  #next(
    packets: readonly Uint8Array[],
    more: { granule: bigint; isFirst?: boolean; isLast?: boolean },
  ): Uint8Array {
    const page = oggPage({ packets, serial: this.#serial, sequence: this.#sequence, ...more })
    this.#sequence += 1
    return page
  }
}

function opusHead(): Uint8Array {
  const head = Buffer.alloc(19)
  head.write('OpusHead', 0, 'latin1')
  head.writeUInt8(1, 8) // version
  head.writeUInt8(1, 9) // channels
  head.writeUInt16LE(PRE_SKIP_TICKS, 10)
  head.writeUInt32LE(SPEECH_SAMPLE_RATE, 12)
  return head
}

function opusTags(): Uint8Array {
  const vendor = Buffer.from('Troupe')
  const tags = Buffer.alloc(8 + 4 + vendor.length + 4)
  tags.write('OpusTags', 0, 'latin1')
  tags.writeUInt32LE(vendor.length, 8)
  vendor.copy(tags, 12)
  return tags
}

function joined(first: Int16Array, second: Int16Array): Int16Array<ArrayBuffer> {
  const all = new Int16Array(first.length + second.length)
  all.set(first)
  all.set(second, first.length)
  return all
}
