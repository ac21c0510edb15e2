/** What a character is, asked by its UTF-16 code unit; `NaN`, as `charCodeAt` gives it past the end, is nothing. */

export function isSpace(code: number): boolean {
  return (
    code === 0x20 || (code >= 0x09 && code <= 0x0d) || code === 0xa0 || code === 0x20_28 || code === 0x30_00
  )
}

export function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39
}

/** A letter of a script written without spaces, or a mark of its punctuation. */
export function isCjk(code: number): boolean {
  return (
    (code >= 0x2e_80 && code <= 0x9f_ff) ||
    (code >= 0xf9_00 && code <= 0xfa_ff) ||
    (code >= 0xfe_30 && code <= 0xfe_4f) ||
    (code >= 0xff_01 && code <= 0xff_9f)
  )
}

/** Whether an emoji may begin with this code unit: half of a surrogate pair, or a pictograph of the basic plane. */
export function isEmojiStart(code: number): boolean {
  return (
    (code >= 0xd8_3c && code <= 0xd8_3e) ||
    (code >= 0x26_00 && code <= 0x27_bf) ||
    (code >= 0x2b_00 && code <= 0x2b_ff)
  )
}

/** The same, and what joins and colours emoji. */
export function isEmojiPart(code: number): boolean {
  return isEmojiStart(code) || (code >= 0xdc_00 && code <= 0xdf_ff) || code === 0xfe_0f || code === 0x20_0d
}

export function isLowerCase(letter: string): boolean {
  return letter !== letter.toUpperCase()
}

export function isUpperCase(letter: string): boolean {
  return letter !== letter.toLowerCase()
}

/** The code units of a text, as a set. */
export function codesOf(text: string): ReadonlySet<number> {
  return new Set(Array.from({ length: text.length }, (_, index) => text.charCodeAt(index)))
}
