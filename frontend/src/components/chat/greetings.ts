import { type Character } from '#shared/entities.ts'
import { t } from '../../i18n/index.ts'

/** One way to begin. */
export interface GreetingChoice {
  readonly characterId: string
  readonly name: string
  /** Among all greetings of the character, counted from 0, empty ones too. */
  readonly index: number
  readonly label: string
  readonly text: string
}

/** How those who are there could begin; some greetings are for groups only. */
export function greetingsOf(cast: readonly Character[], userName: string): GreetingChoice[] {
  return cast.flatMap((character) => {
    const { first_message, alternate_greetings, group_only_greetings } = character
    const group = cast.length > 1 ? group_only_greetings : []
    const texts = [first_message, ...alternate_greetings, ...group]
    const firstOfGroup = texts.length - group.length
    return texts.flatMap((text, index) =>
      text.trim() === ''
        ? []
        : {
            characterId: character.id,
            name: character.name,
            index,
            label: index >= firstOfGroup ? t('chat.greetings.group') : greetingLabel(index),
            text: withNames(text, character.nickname || character.name, userName),
          },
    )
  })
}

export function greetingLabel(index: number): string {
  return index === 0 ? t('chat.greetings.first') : t('chat.greetings.other', { number: index + 1 })
}

/** As it will be said, as far as names go. */
function withNames(text: string, character: string, user: string): string {
  return text.replaceAll(/\{\{char\}\}|<BOT>/giu, character).replaceAll(/\{\{user\}\}|<USER>/giu, user)
}
