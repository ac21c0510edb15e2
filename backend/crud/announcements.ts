import { type TrashItem } from '#shared/entities.ts'
import { type CrudAnswer } from '#shared/protocol/events.ts'
import { AppError } from '../errors.ts'
import { type Store } from '../store/contract.ts'

/** More than so many changes at once are told as one; who shows characters then asks anew. */
const MAX_SINGLE_CHANGES = 200

/** Whether there is more to a change than its answer says. */
export function hasMoreToTell(answer: CrudAnswer): boolean {
  return answer.type === 'trash_restored' || isPrivate(answer)
}

/** Whether the answer is for the one that asked only: the others are told of each change in it. */
export function isPrivate(answer: CrudAnswer): boolean {
  return answer.type === 'characters_changed' && answer.data.ids.length <= MAX_SINGLE_CHANGES
}

/** So that clients need to know only about things which are created, changed and deleted; for all of them. */
export async function changesBehind(store: Store, answer: CrudAnswer): Promise<CrudAnswer[]> {
  if (answer.type === 'characters_changed') return charactersNow(store, answer.data.ids)
  if (answer.type !== 'trash_restored') return []
  const change = await whatIsBack(store, answer.data)
  return change ? [change] : []
}

/** Those of them that are gone were deleted. */
async function charactersNow(store: Store, ids: readonly string[]): Promise<CrudAnswer[]> {
  const characters = await store.characters.getMany(ids)
  const there = new Map(characters.map((character) => [character.id, character]))
  return ids.map((id) => {
    const character = there.get(id)
    return character
      ? { type: 'character_updated', data: character }
      : { type: 'character_deleted', data: { id } }
  })
}

/** @returns undefined if it is not seen all the same, or gone again. */
async function whatIsBack(store: Store, { kind, id }: TrashItem): Promise<CrudAnswer | undefined> {
  try {
    return await RESTORED[kind](store, id)
  } catch (thrown) {
    if (thrown instanceof AppError && (thrown.code === 'not_found' || thrown.code === 'invalid')) {
      return undefined
    }
    throw thrown
  }
}

const RESTORED: Readonly<Record<TrashItem['kind'], (store: Store, id: string) => Promise<CrudAnswer>>> = {
  character: async ({ characters }, id) => ({ type: 'character_created', data: await characters.get(id) }),
  voice: async ({ voices }, id) => ({ type: 'voice_created', data: await voices.get(id) }),
  conversation: async ({ conversations }, id) => ({
    type: 'conversation_created',
    data: await conversations.get(id),
  }),
  message: async ({ messages }, id) => ({ type: 'message_created', data: await messages.getShown(id) }),
  persona: async ({ personas }, id) => ({ type: 'persona_created', data: await personas.get(id) }),
  lorebook: async ({ lorebooks }, id) => ({ type: 'lorebook_created', data: await lorebooks.get(id) }),
}
