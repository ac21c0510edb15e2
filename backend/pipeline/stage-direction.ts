/** Words that are stressed with asterisks, but are never something a character does. */
const STRESSED = new Set(
  `a all always an and any are be been but can can't could definitely did didn't do does doesn't don't ever every exactly few had
  has have he her here him his how i i'm if is isn't it just least less many me might more most must my never no not nothing
  now one only or our own really same she should so some still such that the their them then there these they this those too
  truly us very was we were what when where which who whole why will with won't would yes you your`.split(
    /\s+/,
  ),
)

const IN_MARKERS = /\*[^*\n]*(?:\*\*[^*]*\*\*[^*]*)*(?:\n[^*\n]+)*\*|_[^_\n]+_/y

/** How long the stage direction is that begins at `at`, its markers included; 0 if none does. */
export function stageDirectionAt(raw: string, at: number): number {
  const mark = raw.charAt(at)
  if (mark !== '*' && mark !== '_') return 0
  // `**bold**` is none.
  if (raw.charAt(at + 1) === mark || raw.charAt(at - 1) === mark) return 0
  IN_MARKERS.lastIndex = at
  const found = IN_MARKERS.exec(raw)?.[0]
  return found !== undefined && isStageDirection(found, raw, at) ? found.length : 0
}

/**
 * Whether a text in single asterisks or underscores says what a character does: `*she waves*`. A stressed word, as in
 * `I *really* mean it`, is none; underscores are one only where they make up the beginning or the end.
 * @param found with its markers.
 */
function isStageDirection(found: string, raw: string, at: number): boolean {
  const inner = found.slice(1, -1)
  if (inner === '' || /^\s|\s$/.test(inner)) return false
  if (/[\p{L}\p{N}]$/u.test(raw.slice(0, at)) && !isCjkBefore(raw, at)) return false
  if (STRESSED.has(inner.toLowerCase().replace('’', "'"))) return false
  if (found.startsWith('*')) return true
  const before = raw.slice(0, at).trimEnd()
  const after = raw.slice(at + found.length).trim()
  return before === '' || before.endsWith('\n') || (after === '' && /[.!?…"”]$/.test(before))
}

function isCjkBefore(raw: string, at: number): boolean {
  return /[\u2e80-\u9fff\uff01-\uff9f]$/.test(raw.slice(0, at))
}
