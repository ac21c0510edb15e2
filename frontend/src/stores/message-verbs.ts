import { t } from '../i18n/index.ts'
import { type CommandInput, type CommandType } from '#shared/protocol/commands.ts'
import { type RequestInput, type RequestResult } from '#shared/protocol/requests.ts'
import { type RoomState } from './room-state.ts'
import { isLocal } from './transcript.ts'

/** What can be done to what was said. What goes wrong is shown as a notice. */
export function messageVerbs(room: RoomState) {
  const edit = (change: RequestInput<'edit_message'>) => request(room, 'edit_message', change)
  return {
    /** Another wording of a reply; the one that is there can be had back. */
    regenerate: (messageId: string) => regenerate(room, messageId),
    /** Goes on with it, in a wording of its own, when everything before has been said. */
    continueMessage: (messageId: string) => command(room, 'continue_message', { message_id: messageId }),
    /** Somebody says something next: this one, or whoever it is. */
    nextTurn: (characterId?: string) =>
      command(room, 'next_turn', characterId === undefined ? {} : { character_id: characterId }),
    stepAlternative: (messageId: string, by: 1 | -1) => stepAlternative(room, messageId, by),
    /** What the user has written over an interrupted line is all of it. */
    editText: (messageId: string, content: string) =>
      edit({ message_id: messageId, content, unheard: '', is_interrupted: false }),
    /** What followed can be had back: it is another take of the answer. */
    async editAndAskAgain(messageId: string, content: string, answerId: string | undefined): Promise<void> {
      const change = { message_id: messageId, content, unheard: '', is_interrupted: false }
      if ((await edit(change)) && answerId !== undefined) {
        regenerate(room, answerId)
      }
    },
    setExcluded: (messageId: string, isExcluded: boolean) =>
      edit({ message_id: messageId, is_excluded: isExcluded }),
    /** To the trash, from where it can be had back. */
    deleteMessage: (messageId: string) => request(room, 'delete_message', { message_id: messageId }),
    /** Takes something out of the trash. @returns whether it was done. */
    restore: (trashId: string) => request(room, 'restore_from_trash', { trash_id: trashId }),
    branch: (messageId: string) => branch(room, messageId),
    /** Shows another of its wordings. */
    selectAlternative: (messageId: string, index: number) =>
      request(room, 'select_alternative', { message_id: messageId, index }),
    alternativesOf: (messageId: string) => alternativesOf(room, messageId),
    impersonate: () => impersonate(room),
    learn: (messageId: string) => learn(room, messageId),
  }
}

/** The last line, if a character said it. */
export function lastReply(room: RoomState) {
  const last = room.script.lines.value.at(-1)
  return last?.role === 'assistant' && !isLocal(last) ? last : undefined
}

/** What is being said is not wanted any more, and falls silent at once. */
function silence(room: RoomState): void {
  const { activity } = room.scene
  if (activity.value === 'thinking' || activity.value === 'speaking') room.stage.client.interrupt()
}

export function regenerate(room: RoomState, messageId: string): void {
  silence(room)
  command(room, 'regenerate_message', { message_id: messageId })
}

export function command<T extends CommandType>(room: RoomState, type: T, data: CommandInput<T>): void {
  if (room.stage.client.send(type, data) === null) {
    room.notices.tell({ tone: 'error', text: t('common.offline') })
  }
}

/** Behind the newest alternative of the last reply there is one more, which has yet to be written. */
function stepAlternative(room: RoomState, messageId: string, by: 1 | -1): void {
  const line = room.script.find(messageId)
  if (line === undefined || line.state === 'streaming') return
  const index = line.alternativeIndex + by
  if (index >= 0 && index < line.alternativeCount) {
    void request(room, 'select_alternative', { message_id: messageId, index })
  } else if (by === 1 && lastReply(room)?.id === messageId) {
    regenerate(room, messageId)
  }
}

type Change = 'edit_message' | 'delete_message' | 'restore_from_trash' | 'select_alternative'

/** @returns whether it was done. */
async function request<T extends Change>(room: RoomState, type: T, data: RequestInput<T>): Promise<boolean> {
  try {
    await room.stage.client.request(type, data)
    return true
  } catch (error) {
    room.notices.tellFailure(error)
    return false
  }
}

/** @returns the id of the new conversation, or null if there is none. */
async function branch(room: RoomState, messageId: string): Promise<string | null> {
  try {
    const branched = await room.stage.client.request('branch_conversation', { message_id: messageId })
    return branched.conversation_id
  } catch (error) {
    room.notices.tellFailure(error)
    return null
  }
}

/** @returns all wordings of a message, or null if they cannot be had. */
async function alternativesOf(
  room: RoomState,
  messageId: string,
): Promise<RequestResult<'get_alternatives'> | null> {
  try {
    return await room.stage.client.request('get_alternatives', { message_id: messageId })
  } catch (error) {
    room.notices.tellFailure(error)
    return null
  }
}

function impersonate(room: RoomState): void {
  silence(room)
  command(room, 'impersonate', {})
  room.impersonation.value = room.stage.client.isOpen ? { text: '', isFinal: false } : null
}

/** Asks how a reply came about: that is not told while it streams. */
async function learn(room: RoomState, messageId: string): Promise<void> {
  try {
    const message = await room.stage.client.request('get_message', { message_id: messageId })
    room.script.learn(message)
  } catch (error) {
    room.notices.tellFailure(error)
  }
}
