import { type AssemblyInput } from './prompt-input.ts'
import { calledName, userNameOf } from './speaker-names.ts'

/** The last word to the model: what to write now. Empty where the user's line says that already. */
export function nudgeText(input: AssemblyInput, isGroup: boolean): string {
  const name = calledName(input.speaker)
  const only = `Speak only as ${name}, never for anyone else, and do not put your name in front.`
  switch (input.mode) {
    case 'reply':
      if (isOwnLast(input)) return `Nobody has answered yet. Go on as ${name}. ${only}`
      return isGroup ? `Write the next line of ${name}. ${only}` : ''
    case 'auto':
      return `Nobody has asked you. Go on as ${name} with what was said last, or with what is on your mind. ${only}`
    case 'continue':
      return `Go on with the last line of ${name} exactly where it ends: write only what comes next, and nothing of it again.`
    default:
      return `Write the next line of ${userNameOf(input)}, as ${userNameOf(input)} would say it: only that line, without a name in front.`
  }
}

function isOwnLast({ history, speaker }: AssemblyInput): boolean {
  return history.at(-1)?.character_id === speaker.id
}
