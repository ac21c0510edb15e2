import { RE2JS } from 're2js'

/** A key that is a regular expression, in an engine whose time is proportional to the text. */
export interface RegexKey {
  test(text: string): boolean
  /** The most steps that a character of text can cost. */
  readonly stepsPerCharacter: number
}

/** Why a key that looks like a regular expression cannot be used, for people. */
export interface UnusableKey {
  readonly problem: string
}

const MAX_PROGRAM = 20_000

/** @returns undefined if the key is plain words. */
export function regexKey(key: string): RegexKey | UnusableKey | undefined {
  if (!key.startsWith('/')) return undefined
  const [, body, flags = ''] = /^\/(.+)\/([a-z]*)$/s.exec(key) ?? []
  if (body === undefined) return undefined
  if (sizeOf(body) > MAX_PROGRAM) return { problem: `the key ${key} repeats too often` }
  try {
    const compiled = RE2JS.compile(RE2JS.translateRegExp(withoutLookahead(body)), flagsOf(flags))
    return { test: (text) => compiled.test(text), stepsPerCharacter: compiled.programSize() }
  } catch {
    return { problem: `the key ${key} is no regular expression that can be searched for safely` }
  }
}

/** The most instructions a pattern can unfold to: its length times its counted repetitions. */
function sizeOf(body: string): number {
  let size = body.length
  for (const [, least, , most] of body.matchAll(/\{(\d+)(,(\d*))?\}/g)) {
    size *= Math.max(Number(least), Number(most ?? 0), 1)
  }
  return size
}

/**
 * The engine has no lookahead. What cards use it for is nearly always the end of a word, which can be said without
 * when all that matters is whether the key is there.
 */
function withoutLookahead(body: string): string {
  return body
    .replaceAll(String.raw`(?!\w)`, String.raw`(?:\W|$)`)
    .replaceAll(String.raw`(?!\S)`, String.raw`(?:\s|$)`)
    .replaceAll(/\(\?=(\\[Ws]\|\$)\)/g, '(?:$1)')
    .replaceAll(/\(\?=(\$\|\\[Ws])\)/g, '(?:$1)')
}

function flagsOf(flags: string): number {
  const wanted = [
    flags.includes('i') && RE2JS.CASE_INSENSITIVE,
    flags.includes('m') && RE2JS.MULTILINE,
    flags.includes('s') && RE2JS.DOTALL,
    RE2JS.LOOKBEHINDS,
  ]
  return wanted.filter((flag) => flag !== false).reduce((all, flag) => all | flag, 0)
}
