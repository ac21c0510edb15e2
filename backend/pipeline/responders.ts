import { type Character, type Message } from '#shared/entities.ts'
import { type Store } from '../store/contract.ts'
import { type History } from './history.ts'
import { mentionedCharacters } from './mentions.ts'
import { draftSpeakers } from './reply-strategy.ts'
import { type Room } from './room.ts'

/** Enough to see whose turn it is. */
const RECENT_MESSAGES = 60

export interface ResponderDeps {
  readonly store: Store
  readonly room: Room
  readonly history: History
  readonly random: () => number
}

export interface Responders {
  /** Everyone present, those who were just called in included. */
  readonly cast: readonly Character[]
  /** Who answers, in speaking order. */
  readonly answering: readonly Character[]
}

/**
 * Who answers a message: those it mentions, in that order, muted or not; else as the conversation's strategy says.
 * A typed `@Name` of somebody who is not present calls them in.
 */
export async function findResponders(
  deps: ResponderDeps,
  message: { readonly text: string; readonly isSpoken: boolean },
): Promise<Responders> {
  const { store, room } = deps
  const cast = await room.cast()
  const here = new Set(cast.map((character) => character.id))
  const everyone = message.text.includes('@') && !message.isSpoken ? await store.characters.list() : []
  const absent = everyone.filter((character) => !here.has(character.id))
  const known = [...cast, ...absent]
  const mentioned = mentionedCharacters(message.text, known, { isSpoken: message.isSpoken, everyone: cast })
  const called = mentioned.filter((character) => !here.has(character.id))
  if (called.length > 0) await room.join(called)
  if (mentioned.length > 0) return { cast: [...cast, ...called], answering: mentioned }
  return { cast, answering: await drafted(deps, { cast, isToUser: true }) }
}

/** Who speaks next without being asked by the user: whom the last line calls by name, else as the strategy says. */
export async function findNextSpeaker(
  deps: ResponderDeps,
  cast: readonly Character[],
  lastLine: { readonly text: string; readonly speakerId: string | null } | undefined,
): Promise<Character | undefined> {
  const others = cast.filter((character) => character.id !== lastLine?.speakerId)
  const [called] = lastLine ? mentionedCharacters(lastLine.text, others, { isSpoken: false }) : []
  if (called) return called
  const [next] = await drafted(deps, { cast, isToUser: false })
  return next
}

async function drafted(
  { room, history, random }: ResponderDeps,
  { cast, isToUser }: { cast: readonly Character[]; isToUser: boolean },
): Promise<Character[]> {
  const { strategy, muted } = await room.manners()
  const candidates = cast.filter((character) => !muted.has(character.id))
  const recent: readonly Message[] =
    candidates.length > 1 || !isToUser ? await history.lines(room.conversationId, RECENT_MESSAGES) : []
  return draftSpeakers({ strategy, candidates, recent, isToUser, random })
}
