import { type AssemblyInput } from './prompt-input.ts'
import { lineName, userNameOf } from './speaker-names.ts'

const RECENT_LINES = 50
const MAX_STOPS = 200

/** How a model begins the line of somebody else, likeliest first. */
const BEGINNINGS: readonly ((name: string) => string)[] = [
  (name) => `\n${name}:`,
  (name) => `\n${name}：`,
  (name) => `\n**${name}:**`,
  (name) => `\n**${name}**:`,
  (name) => `\n[${name}]:`,
  (name) => `\n${name} (`,
]

/**
 * Texts at which a reply ends because the line of somebody else begins. The user first, then those who spoke last:
 * many servers take only four.
 */
export function stopsOf(input: AssemblyInput): readonly string[] {
  const names = otherNames(input)
  const stops = BEGINNINGS.flatMap((beginning) => names.map(beginning))
  return [...new Set(stops)].slice(0, MAX_STOPS)
}

function otherNames(input: AssemblyInput): readonly string[] {
  const { cast, speaker, history, mode } = input
  const isUserSpeaking = mode === 'impersonate'
  const others = isUserSpeaking ? cast : cast.filter(({ id }) => id !== speaker.id)
  const users = isUserSpeaking ? [] : [userNameOf(input), input.userName]
  const recent = history
    .slice(-RECENT_LINES)
    .toReversed()
    .filter(
      ({ role, character_id }) => role === 'assistant' && (isUserSpeaking || character_id !== speaker.id),
    )
    .map((message) => lineName(message, input))
  const all = [...users, ...recent, ...others.flatMap(({ nickname, name }) => [nickname, name])]
  const own = isUserSpeaking ? [userNameOf(input)] : [speaker.name, speaker.nickname]
  return [...new Set(all.map((name) => name.trim()))].filter((name) => name !== '' && !own.includes(name))
}
