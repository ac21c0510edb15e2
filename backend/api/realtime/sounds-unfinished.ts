/**
 * Words behind which something must follow, and sounds of those who think; English and German. Words that end a sentence
 * in one of the two are not among them: "yes I am", "mach das Licht an".
 */
const UNFINISHED = new Set(
  [
    'a the my your his its our their these those',
    'and or but so because if when while although though unless until since whether than which whose',
    'of to at by for from with without into between very really such',
    "i'm you're we're they're i'll you'll we'll i'd i've let's",
    'um uh er erm hmm',
    'der dem des ein eine einen einem einer eines mein meine dein deine sein seine ihre unser unsere',
    'und oder aber denn weil wenn als dass ob obwohl damit bevor nachdem während sondern sowie',
    'von zum zur im beim seit für ohne zwischen sehr äh ähm hm',
  ].flatMap((words) => words.split(' ')),
)

/** Whether somebody who has said this is likely to go on. */
export function soundsUnfinished(text: string): boolean {
  const said = text.trim()
  if (/(?:\.\.\.|[…,;:–—-])$/u.test(said)) return true
  if (/[.!?。！？]["'”’»)]*$/u.test(said)) return false
  const last = said.toLowerCase().match(/[\p{L}'’]+$/u)?.[0] ?? ''
  return UNFINISHED.has(last.replace('’', "'"))
}
