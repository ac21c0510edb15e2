import { ReplyStrategy } from '#shared/entities.ts'
import { t } from '../../i18n/index.ts'

/** Who answers when nobody is named, in the user's language. */
export function strategyOptions(): { id: ReplyStrategy; name: string }[] {
  return ReplyStrategy.options.map((id) => ({ id, name: t(`chat.group.strategies.${id}`) }))
}

const TURNS = [0, 1, 2, 3, 5, 8, 12, 20]

/** How long they may go on among themselves. What is set stays among the choices. */
export function autoTurnOptions(current: number): { id: string; name: string }[] {
  const turns = TURNS.includes(current) ? TURNS : [...TURNS, current].toSorted((one, other) => one - other)
  return turns.map((count) => ({ id: String(count), name: turnWords(count) }))
}

function turnWords(count: number): string {
  if (count === 0) return t('chat.group.waitForYou')
  return count === 1 ? t('chat.group.oneLine') : t('chat.group.lines', { count })
}
