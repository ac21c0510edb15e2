import { type Character } from '#shared/entities.ts'
import { type Store } from '../store/contract.ts'
import { type History } from './history.ts'
import { mentionedCharacters } from './mentions.ts'
import { type Room } from './room.ts'

const RECENT_MESSAGES = 20

export interface Responders {
  /** Everyone present, those who were just called in included. */
  readonly cast: readonly Character[]
  /** Who answers, in speaking order. */
  readonly answering: readonly Character[]
}

/**
 * Who answers a message: those it mentions, in that order; else whoever spoke last, else the first of the cast.
 * A typed `@Name` of somebody who is not present calls them in.
 */
export async function findResponders(
  deps: { readonly store: Store; readonly room: Room; readonly history: History },
  message: { readonly text: string; readonly isSpoken: boolean },
): Promise<Responders> {
  const { store, room, history } = deps
  const cast = await room.cast()
  const here = new Set(cast.map((character) => character.id))
  const everyone = message.text.includes('@') && !message.isSpoken ? await store.characters.list() : []
  const absent = everyone.filter((character) => !here.has(character.id))
  const known = [...cast, ...absent]
  const mentioned = mentionedCharacters(message.text, known, { isSpoken: message.isSpoken, everyone: cast })
  const called = mentioned.filter((character) => !here.has(character.id))
  if (called.length > 0) await room.join(called)
  if (mentioned.length > 0) return { cast: [...cast, ...called], answering: mentioned }
  const recent = await history.lines(room.conversationId, RECENT_MESSAGES)
  const lastSpeakerId = recent.findLast((line) => line.role === 'assistant')?.character_id
  const lastSpeaker = cast.find((character) => character.id === lastSpeakerId) ?? cast[0]
  return { cast, answering: lastSpeaker ? [lastSpeaker] : [] }
}
