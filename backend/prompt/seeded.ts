/** A number of 32 bits that depends on every character of the text (cyrb53, its upper half mixed in). */
export function hashOf(text: string): number {
  let high = 0xdeadbeef
  let low = 0x41c6ce57
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index)
    high = Math.imul(high ^ code, 2_654_435_761)
    low = Math.imul(low ^ code, 1_597_334_677)
  }
  high = Math.imul(high ^ (high >>> 16), 2_246_822_507) ^ Math.imul(low ^ (low >>> 13), 3_266_489_909)
  low = Math.imul(low ^ (low >>> 16), 2_246_822_507) ^ Math.imul(high ^ (high >>> 13), 3_266_489_909)
  return (high ^ low) >>> 0
}

/**
 * 0 … 1, without 1. Chance by name and not by order: what one entry rolls does not depend on how many others have
 * rolled before it.
 */
export function chanceOf(...names: readonly (string | number)[]): number {
  return hashOf(names.join('\u0000')) / 4_294_967_296
}
