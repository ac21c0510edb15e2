/** Remembers how something that has just been done is taken back. */
export type OnUndo = (undo: () => Promise<unknown>) => void

/** Does several things. If one fails, what was done before is taken back, last first, and the failure thrown. */
export async function allOrNothing<Result>(work: (onUndo: OnUndo) => Promise<Result>): Promise<Result> {
  const undos: (() => Promise<unknown>)[] = []
  try {
    return await work((undo) => undos.push(undo))
  } catch (error) {
    for (const undo of undos.toReversed()) await undo().catch(() => {}) // The first failure is the one to tell of.
    throw error
  }
}
