import { type Character } from '#shared/entities.ts'
import { t } from '../../i18n/index.ts'

/** As much of a character as a portrait and a name need. */
export type Person = Pick<Character, 'name' | 'color' | 'image_url'>

/** The character of an id; of one who is no longer there, what is known: the name. */
export function personOf(
  characters: readonly (Person & { readonly id: string })[],
  id: string | null,
  name: string,
): Person {
  return characters.find((character) => character.id === id) ?? { name, color: null, image_url: null }
}

/** `Nora`, `Nora and Felix`, `Nora, Felix and Iris`. */
export function namesOf(people: readonly { name: string }[]): string {
  const names = people.map((person) => person.name)
  const last = names.pop()
  return names.length > 0 && last !== undefined
    ? t('chat.header.and', { names: names.join(', '), last })
    : (last ?? '')
}

/** Whom one writes to: one or two by name, more as everyone. */
export function addressOf(people: readonly { name: string }[]): string {
  if (people.length === 0) return t('chat.composer.emptyStage')
  return people.length > 2 ? t('chat.composer.everyone') : namesOf(people)
}

/** What a conversation is called: its title, or who is in it. */
export function titleOf(title: string, people: readonly { name: string }[]): string {
  return title || namesOf(people) || t('chat.header.emptyStage')
}

/** The first sentence of what is known of somebody, for a card. */
export function firstSentence(text: string, maxLength = 120): string {
  const sentence = /^.*?[.!?…](?=\s|$)/su.exec(text.trim())?.[0] ?? text.trim()
  return sentence.length <= maxLength
    ? sentence
    : `${sentence.slice(0, maxLength - 1).replace(/\s+\S*$/, '')}…`
}
