/** Where somebody stands on the stage. */
export type Place = {
  /** How far the middle of the arc lies behind, 0 (front) … 1. */ depth: number
  /** Degrees. */ turn: number
}

/** Places for a cast of `count`, left to right, on an arc open to the audience: the middle stands furthest back. */
export function arcPlaces(count: number): Place[] {
  return Array.from({ length: count }, (_, index) => {
    const side = count === 1 ? 0 : (index / (count - 1)) * 2 - 1
    return { depth: round(1 - side * side), turn: round(side * -4) }
  })
}

/** How large a face may be, in rem, so that the whole cast fits on a stage that wide. */
export function faceSize(count: number, stageWidthRem: number, gapRem: number): number {
  const gaps = gapRem * (count + 1)
  return round(Math.min(count === 1 ? 15 : 12, Math.max(4.5, (stageWidthRem - gaps) / Math.max(1, count))))
}

function round(value: number): number {
  return Number(value.toFixed(3)) + 0
}
