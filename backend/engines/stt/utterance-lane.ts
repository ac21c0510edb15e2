import { deferred } from '../../lib/deferred.ts'
import { SerialLane } from '../../lib/serial-lane.ts'
import { abortable } from '../../lib/abort.ts'

/** Lets the utterances of one session through one at a time, in the order they asked. */
export class UtteranceLane {
  readonly #lane = new SerialLane()

  /**
   * Waits for the utterances before this one.
   * @returns what lets the next one in when it is disposed.
   * @throws the signal's reason, if it aborts first; the place in the lane is then given up.
   */
  async enter(signal: AbortSignal): Promise<Disposable> {
    const entered = deferred()
    const left = deferred()
    const passage = this.#lane.run(() => {
      entered.resolve()
      return left.promise
    })
    try {
      await abortable(Promise.race([entered.promise, passage]), signal)
    } catch (error) {
      left.resolve()
      throw error
    }
    return { [Symbol.dispose]: () => left.resolve() }
  }
}
