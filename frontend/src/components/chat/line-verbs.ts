import { type TranscriptLine } from '../../stores/types.ts'

/** What can be done to a line. */
export type LineVerb =
  | 'speak'
  | 'copy'
  | 'edit'
  | 'regenerate'
  | 'continue'
  | 'branch'
  | 'greetings'
  | 'link'
  | 'exclude'
  | 'include'
  | 'inspect'
  | 'explain'
  | 'delete'
  | 'retry'
  | 'earlier_alternative'
  | 'later_alternative'

interface LinePlace {
  readonly isLast: boolean
  /** Whether there is a voice. */
  readonly canSpeak: boolean
  /** Whether a character began the conversation with it. */
  readonly isGreeting?: boolean
}

/** What the menu of a line offers, in order. Nothing can be done to what has not been stored. */
export function menuOf(
  line: TranscriptLine,
  { isLast, canSpeak, isGreeting = false }: LinePlace,
): LineVerb[] {
  if (!isSettled(line)) return []
  const isReply = line.role === 'assistant'
  const offered: [verb: LineVerb, isOffered: boolean][] = [
    ['speak', isReply && canSpeak && line.text !== ''],
    ['copy', line.text !== ''],
    ['edit', true],
    ['regenerate', isReply],
    ['continue', isReply && isLast],
    ['greetings', isReply && isGreeting],
    ['branch', true],
    ['link', true],
    [line.isExcluded ? 'include' : 'exclude', true],
    ['inspect', isReply],
    ['explain', isReply],
    ['delete', true],
  ]
  return offered.flatMap(([verb, isOffered]) => (isOffered ? [verb] : []))
}

/** Whether the server has it, and nobody is writing it any more. */
export function isSettled(line: TranscriptLine): boolean {
  return line.state !== 'streaming' && line.state !== 'sending' && !line.id.startsWith('local-')
}

/** `2 of 3`, or nothing where there is only one. */
export function alternativeWords(line: TranscriptLine): string {
  const { alternativeIndex, alternativeCount } = line
  return alternativeCount > 1 ? `${alternativeIndex + 1} / ${alternativeCount}` : ''
}

/** The user's newest line that can be edited. */
export function lastOwn(lines: readonly TranscriptLine[]): TranscriptLine | undefined {
  return lines.findLast((line) => line.role === 'user' && isSettled(line))
}
