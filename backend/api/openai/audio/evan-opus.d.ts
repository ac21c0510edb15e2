/** As much of it as is used: its own types are not found by way of its `exports`. */
declare module '@evan/opus' {
  export class Encoder {
    constructor(options: { channels: 1 | 2; sample_rate: 24_000; application: 'voip' | 'audio' })
    /** One frame of PCM16. The memory is used again for the next. */
    encode(frame: Uint8Array): Uint8Array
  }
  export class Decoder {
    constructor(options: { channels: 1 | 2; sample_rate: 24_000 | 16_000 })
    /** PCM16. The memory is used again for the next. */
    decode(packet: Uint8Array): Uint8Array
  }
}
