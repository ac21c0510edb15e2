/**
 * How far back each of a cast of `count` stands, left to right, 0 (front) … 1: an arc open to the audience, its
 * middle furthest back.
 */
export function arcDepths(count: number): number[] {
  return Array.from({ length: count }, (_, index) => {
    const side = count === 1 ? 0 : (index / (count - 1)) * 2 - 1
    return round(1 - side * side)
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
