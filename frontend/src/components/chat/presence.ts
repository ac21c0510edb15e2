import { t } from '../../i18n/index.ts'

/** What somebody in the cast is doing: in words, and the place in the queue of those who speak next. */
export type Presence = {
  doing: 'speaking' | 'thinking' | 'waiting' | 'listening'
  words: string
  place: number | null
}

type Scene = {
  speakingCharacterId: string | null
  thinkingCharacterId: string | null
  waitingCharacterIds: readonly string[]
}

/** Of one character, in the scene as it is. */
export function presenceOf(characterId: string, scene: Scene): Presence {
  if (scene.speakingCharacterId === characterId) {
    return { doing: 'speaking', words: t('chat.presence.speaking'), place: null }
  }
  if (scene.thinkingCharacterId === characterId) {
    return { doing: 'thinking', words: t('chat.presence.thinking'), place: null }
  }
  const index = scene.waitingCharacterIds.indexOf(characterId)
  if (index === -1) return { doing: 'listening', words: '', place: null }
  return {
    doing: 'waiting',
    words: t(index === 0 ? 'chat.presence.next' : 'chat.presence.waiting'),
    place: index + 1,
  }
}

/** The ids of lines that are written already, and will be spoken when those before have finished. */
export function linesAhead(
  lines: readonly { id: string; role: string; characterId: string | null }[],
  waitingCharacterIds: readonly string[],
): string[] {
  const answers = lines.slice(lines.findLastIndex((line) => line.role === 'user') + 1)
  return waitingCharacterIds.flatMap((id) => answers.findLast((line) => line.characterId === id)?.id ?? [])
}

/** The ids with one of them a place earlier. */
export function movedEarlier(ids: readonly string[], id: string): string[] {
  const index = ids.indexOf(id)
  if (index < 1) return [...ids]
  return ids.with(index, ids[index - 1] ?? id).with(index - 1, id)
}
