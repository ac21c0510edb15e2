/** Parts and results are cut to this, about 2 000 tokens: a prompt has to hold several. */
const PART_CHARACTERS = 6_000
const MAX_RESULT_CHARACTERS = 8_000

/** Control characters, and the invisible ones in which instructions to models are hidden from readers. */
const UNREADABLE = /[^\P{Cc}\n\t]|[\u{e0000}-\u{e007f}]/gu

/** What a model may be shown: whole characters, none that nobody can see, and not too many. */
export function tidyResult(text: string): string {
  const readable = text
    .slice(0, 2 * MAX_RESULT_CHARACTERS)
    .toWellFormed()
    .replace(UNREADABLE, '')
    .trim()
  return shortened(readable, MAX_RESULT_CHARACTERS)
}

/** At most `maxCharacters` of the text, with a mark where more would follow. */
export function shortened(text: string, maxCharacters: number): string {
  if (text.length <= maxCharacters) return text
  return `${text.slice(0, cutBefore(text, maxCharacters - 2))} …`
}

/**
 * One part of a long text, with a line that says how to get the next.
 * @param part from 1; beyond the end it is the last.
 */
export function partOf(text: string, part: number): string {
  const starts = partStarts(text)
  const index = Math.min(part, starts.length) - 1
  const slice = text.slice(starts[index], starts[index + 1]).trim()
  if (starts.length === 1) return slice
  const rest = index + 1 < starts.length ? `; ask for part ${index + 2} to read on` : ''
  return `${slice}\n\n[part ${index + 1} of ${starts.length}${rest}]`
}

function partStarts(text: string): number[] {
  const starts = [0]
  let at = 0
  while (text.length - at > PART_CHARACTERS) {
    at = lineBreakBefore(text, at + PART_CHARACTERS, at + PART_CHARACTERS / 2)
    starts.push(at)
  }
  return starts
}

/** Behind the last line break in the span, or else its end. */
function lineBreakBefore(text: string, end: number, start: number): number {
  const lineBreak = text.slice(start, end).lastIndexOf('\n')
  return lineBreak === -1 ? cutBefore(text, end) : start + lineBreak + 1
}

/** Not between the two halves of a character. */
function cutBefore(text: string, at: number): number {
  return (text.codePointAt(at - 1) ?? 0) > 0xff_ff ? at - 1 : at
}
