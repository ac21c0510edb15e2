import { type Character, type Message } from '#shared/entities.ts'
import { type AssemblyInput } from './prompt-input.ts'

/** What a character is called in prompts. */
export function calledName({ nickname, name }: Pick<Character, 'nickname' | 'name'>): string {
  return nickname || name
}

export function userNameOf({ persona, userName }: Pick<AssemblyInput, 'persona' | 'userName'>): string {
  return persona?.name ?? userName
}

export type NamesInput = Pick<AssemblyInput, 'cast' | 'persona' | 'userName'>

/** Who said a line, as others are told. Characters who have left are called what they were called then. */
export function lineName(message: Message, input: NamesInput): string {
  if (message.role === 'user') return userNameOf(input)
  const author = input.cast.find(({ id }) => id === message.character_id)
  return author ? calledName(author) : message.name
}

/** `Sam, Nora and Felix` */
export function listed(names: readonly string[]): string {
  const last = names.at(-1) ?? ''
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} and ${last}`
}
