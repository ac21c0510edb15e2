import { abortReason } from '../../../lib/abort.ts'
import { type LlamaSequence } from './llama-types.ts'

/** The right to one sequence, until it is disposed. */
export interface Slot extends Disposable {
  readonly sequence: LlamaSequence
}

export interface SlotInfo {
  readonly id: number
  readonly n_ctx: number
  readonly is_processing: boolean
}

interface Place {
  readonly sequence: LlamaSequence
  isTaken: boolean
  usedAt: number
}

interface Waiting {
  readonly tokens: readonly number[]
  readonly give: (slot: Slot) => void
}

/**
 * The sequences of a model: what it can write at a time. Each remembers what it has read, so a conversation gets the
 * one that has read most of it already; who finds none free waits in line.
 */
export class Slots {
  readonly #places: readonly Place[]
  readonly #waiting: Waiting[] = []
  #uses = 0

  constructor(sequences: readonly LlamaSequence[]) {
    this.#places = sequences.map((sequence) => ({ sequence, isTaken: false, usedAt: 0 }))
  }

  list(): SlotInfo[] {
    return this.#places.map(({ sequence, isTaken }, id) => ({
      id,
      n_ctx: sequence.contextSize,
      is_processing: isTaken,
    }))
  }

  /** @param tokens of the prompt. @throws the signal's reason */
  take(tokens: readonly number[], signal: AbortSignal): Promise<Slot> {
    if (signal.aborted) return Promise.reject(abortReason(signal))
    const place = this.#best(tokens)
    if (place) return Promise.resolve(this.#given(place))
    return new Promise((resolve, reject) => {
      const waiting: Waiting = {
        tokens,
        give: (slot) => {
          signal.removeEventListener('abort', onAbort)
          resolve(slot)
        },
      }
      const onAbort = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1)
        reject(abortReason(signal))
      }
      signal.addEventListener('abort', onAbort, { once: true })
      this.#waiting.push(waiting)
    })
  }

  /** Of those that are free the one that knows most of the prompt; of equals the one not used for longest. */
  #best(tokens: readonly number[]): Place | undefined {
    const free = this.#places.filter(({ isTaken }) => !isTaken)
    const known = new Map(
      free.map((place) => [place, place.sequence.compareContextTokens(tokens).firstDifferentIndex]),
    )
    const [best] = free.toSorted((one, other) => {
      return (known.get(other) ?? 0) - (known.get(one) ?? 0) || one.usedAt - other.usedAt
    })
    return best
  }

  #given(place: Place): Slot {
    place.isTaken = true
    this.#uses += 1
    place.usedAt = this.#uses
    let isReturned = false
    return {
      sequence: place.sequence,
      [Symbol.dispose]: () => {
        if (isReturned) return
        isReturned = true
        place.isTaken = false
        this.#serveNext()
      },
    }
  }

  #serveNext(): void {
    const next = this.#waiting.shift()
    const place = next && this.#best(next.tokens)
    if (next && place) next.give(this.#given(place))
  }
}
