import { macrotask } from './macrotask.ts'

/** Work that takes long, in steps of a few milliseconds each. */
export type Steps<Result> = Generator<undefined, Result, undefined>

/** Does all of it in one go. */
export function atOnce<Result>(steps: Steps<Result>): Result {
  for (;;) {
    const { done, value } = steps.next()
    if (done === true) return value
  }
}

/** Lets timers and sockets that are due go first, between every two steps. */
export async function withBreaks<Result>(steps: Steps<Result>): Promise<Result> {
  for (;;) {
    const { done, value } = steps.next()
    if (done === true) return value
    await macrotask()
  }
}
