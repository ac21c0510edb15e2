import { type CapturedFrame } from '../audio/capture-framer.ts'
import { toMeter } from '../audio/pcm.ts'

/** Words begin softly: sound from this long before the threshold was passed still counts. 20 ms each. */
const AHEAD_FRAMES = 6
/** And end softly. */
const AFTER_FRAMES = 16

/**
 * Turns what is quieter than a threshold into silence before anybody judges whether it is speech: a fan, a street, a
 * loudspeaker. While there is a threshold, sound is held back by 120 ms, so that the beginning of a word is not lost.
 */
export class MicGate {
  /** 0 … 1 on the meter; 0 lets everything through, at once. */
  threshold = 0
  #held: CapturedFrame[] = []
  #openFrames = 0

  /** @returns what is to be sent now. */
  pass(frame: CapturedFrame): CapturedFrame[] {
    if (this.threshold <= 0) return [...this.#held.splice(0), frame]
    this.#held.push(frame)
    if (toMeter(frame.level) >= this.threshold) this.#openFrames = AHEAD_FRAMES + AFTER_FRAMES
    const due = this.#held.length > AHEAD_FRAMES ? this.#held.shift() : undefined
    if (due === undefined) return []
    const isOpen = this.#openFrames > 0
    this.#openFrames -= 1
    return [isOpen ? due : { ...due, pcm: new Int16Array(due.pcm.length) }]
  }

  /** What is still held back; it belongs to what was said. */
  flush(): CapturedFrame[] {
    this.#openFrames = 0
    return this.#held.splice(0)
  }
}
