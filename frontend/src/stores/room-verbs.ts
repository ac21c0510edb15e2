import { t } from '../i18n/index.ts'
import { type RequestInput } from '#shared/protocol/requests.ts'
import { RequestError } from '../socket/request-error.ts'
import { command, regenerate } from './message-verbs.ts'
import { type RoomState } from './room-state.ts'
import { isLocal } from './transcript.ts'

/** Opens a stored conversation. What goes wrong is shown as a notice. */
export async function openConversation(room: RoomState, conversationId: string): Promise<void> {
  const { client } = room.stage
  room.conversationId.value = conversationId
  room.isLoading.value = true
  try {
    const opened = await client.ask('open_conversation', { conversation_id: conversationId })
    // Another one may have been opened meanwhile.
    if (room.conversationId.value === conversationId) room.enter(opened)
  } catch (error) {
    if (room.conversationId.value !== conversationId) return
    const isGone = error instanceof RequestError && error.code === 'not_found'
    if (!isGone) return room.notices.tellFailure(error)
    room.notices.tell({ tone: 'error', text: t('common.conversationGone') })
    await startFresh(room)
  } finally {
    room.isLoading.value = false
  }
}

/** Leaves for a fresh conversation with the same cast. */
export async function startFresh(room: RoomState): Promise<void> {
  try {
    const { conversation_id: id } = await room.stage.client.ask('clear_history', {})
    room.enterFresh(id)
    room.stage.client.send('refresh_active_characters', {})
  } catch (error) {
    room.notices.tellFailure(error)
  }
}

/**
 * The line is open again. The server has begun a new session: what was under way has ended there, so everything is
 * asked for anew before what the user typed meanwhile is sent.
 */
export async function comeBack(room: RoomState, freshId: string): Promise<void> {
  const { client } = room.stage
  const id = room.conversationId.value
  room.scene.reset()
  try {
    if (id !== null && !room.isFresh.value) {
      room.enter(await client.ask('open_conversation', { conversation_id: id }), true)
    } else {
      room.conversationId.value = freshId
      const hasLines = room.script.lines.value.length > 0
      const page = hasLines ? await client.request('get_messages', { conversation_id: freshId }) : []
      if (page.length > 0) room.isFresh.value = false
      if (hasLines) room.script.refresh(page)
    }
    room.outbox.failUnanswered()
    room.outbox.flush()
  } catch (error) {
    // Offline once more: it is tried again when the line is open again.
    if (error instanceof RequestError && error.code === 'offline') return
    room.notices.tellFailure(error)
  }
}

/** What of a conversation can be set. */
export type ConversationChange = Omit<RequestInput<'update_conversation'>, 'conversation_id'>

/** Who is present, in speaking order. */
export function setCast(room: RoomState, characterIds: readonly string[]): Promise<boolean> {
  return changeConversation(room, { active_characters: [...characterIds] })
}

/**
 * A fresh conversation is stored to hold the change.
 * @param id which one; absent: the one that is open.
 * @returns whether it is kept; why not is told in a notice.
 */
export async function changeConversation(
  room: RoomState,
  change: ConversationChange,
  id: string | null = room.conversationId.value,
): Promise<boolean> {
  const { client } = room.stage
  const isOpen = id === room.conversationId.value
  try {
    if (id === null || (isOpen && room.isFresh.value)) {
      const active_characters = room.cast.value.map((character) => character.id)
      const created = await client.request('create_conversation', { active_characters, ...change })
      await openConversation(room, created.conversation_id)
    } else {
      await client.request('update_conversation', { conversation_id: id, ...change })
    }
    return true
  } catch (error) {
    room.notices.tellFailure(error)
    return false
  }
}

/** Begins a conversation of those who are present with the words of one of them. */
export async function beginWith(room: RoomState, characterId: string, index: number): Promise<void> {
  const active_characters = room.cast.value.map(({ id }) => id)
  const greeting = { greeting_index: index, greeting_character_id: characterId }
  try {
    const created = await room.stage.client.request('create_conversation', { active_characters, ...greeting })
    await openConversation(room, created.conversation_id)
  } catch (error) {
    room.notices.tellFailure(error)
  }
}

/** Asks again for what failed: what never arrived is sent again, what broke off is said anew. */
export function retryLast(room: RoomState): void {
  const last = room.script.lines.value.at(-1)
  if (last === undefined) return
  if (isLocal(last) && last.state === 'failed') {
    room.script.pages.remove(last.id)
    room.outbox.send(last.text, false)
  } else if (last.role === 'assistant' && last.text !== '') {
    regenerate(room, last.id)
  } else {
    // Of a reply without a word nothing is stored.
    if (last.role === 'assistant') room.script.pages.remove(last.id)
    command(room, 'next_turn', last.characterId === null ? {} : { character_id: last.characterId })
  }
}

/** Silences a character here, and only here; it goes on speaking for everybody else, and for the record. */
export function toggleCharacterMute(room: RoomState, characterId: string): void {
  const { mutedVoices, playback } = room.stage
  const isMuted = !mutedVoices.has(characterId)
  if (isMuted) mutedVoices.add(characterId)
  else mutedVoices.delete(characterId)
  room.mutedCharacterIds.value = [...mutedVoices]
  for (const { epoch, stream } of room.script.streams.ofCharacter(characterId)) {
    playback.send({ type: 'mute', epoch, stream, isMuted })
  }
}
