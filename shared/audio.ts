/** Audio constants both ends agree on. Audio time is counted in samples. */

/** Microphone audio, client to server: PCM signed 16-bit little-endian mono. */
export const MICROPHONE_SAMPLE_RATE = 16_000

/** One microphone frame: 20 ms. */
export const MICROPHONE_FRAME_SAMPLES = 320

/** The longest binary frame a client may send: 1 s. */
export const MICROPHONE_MAX_FRAME_BYTES = MICROPHONE_SAMPLE_RATE * 2
