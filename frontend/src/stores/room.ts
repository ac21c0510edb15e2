import { defineStore } from 'pinia'
import { computed } from 'vue'
import { useLibrary } from './library.ts'
import { lastReply, messageVerbs } from './message-verbs.ts'
import { RoomState } from './room-state.ts'
import {
  beginWith,
  changeConversation,
  comeBack,
  type ConversationChange,
  openConversation,
  retryLast,
  setCast,
  startFresh,
  toggleCharacterMute,
} from './room-verbs.ts'
import { type IndexRange } from './sparse-lines.ts'
import { useStage } from './stage.ts'

/** The open conversation: who is there, what was said, what is happening. What goes wrong is told in `notices`. */
export const useRoom = defineStore('room', () => {
  const stage = useStage()
  const room = new RoomState(stage, useLibrary())
  followErrors(room)
  followSessions(room)

  return {
    conversationId: room.conversationId,
    conversation: room.conversation,
    isFresh: room.isFresh,
    title: room.title,
    cast: room.cast,
    lines: room.script.lines,
    isLoading: room.isLoading,
    /** How many lines there are, held or not. */
    lineCount: computed(() => room.script.pages.count),
    /** A line that was asked for, and is to be looked at. */
    target: room.reader.target,
    isFetchingLines: room.reader.isFetching,
    activity: room.scene.activity,
    speakingCharacterId: room.scene.speakingCharacterId,
    thinkingCharacterId: room.scene.thinkingCharacterId,
    waitingCharacterIds: room.scene.waitingCharacterIds,
    liveCaption: room.scene.user.caption,
    lastMetrics: room.scene.lastMetrics,
    playLevel: room.scene.playLevel,
    impersonation: room.impersonation,
    notices: room.notices.notices,
    mutedCharacterIds: room.mutedCharacterIds,
    lastReply: computed(() => lastReply(room)),
    ...verbsOf(room),
    ...messageVerbs(room),
  }
})

function verbsOf(room: RoomState) {
  return {
    dismiss: (id: string) => room.notices.dismiss(id),
    open: (conversationId: string) => openConversation(room, conversationId),
    startFresh: () => startFresh(room),
    send(text: string, options: { interrupt?: boolean } = {}): void {
      if (text.trim() !== '') room.outbox.send(text.trim(), options.interrupt ?? false)
    },
    interrupt: () => room.stage.client.interrupt(),
    /** The line at an index, counted from the oldest; nothing where it has not been fetched. */
    lineAt: (index: number) => room.script.pages.at(index),
    indexOfLine: (id: string) => room.script.pages.indexOf(id),
    findLine: (id: string) => room.script.find(id),
    wantLines: (range: IndexRange) => room.reader.want(range),
    jumpTo: (messageId: string) => room.reader.jumpTo(messageId),
    setCast: (characterIds: readonly string[]) => setCast(room, characterIds),
    change: (change: ConversationChange, conversationId?: string) =>
      changeConversation(room, change, conversationId),
    beginWith: (characterId: string, index: number) => beginWith(room, characterId, index),
    retryLast: () => retryLast(room),
    speak(messageId: string): void {
      room.stage.client.send('speak_message', { message_id: messageId })
    },
    toggleCharacterMute: (characterId: string) => toggleCharacterMute(room, characterId),
  }
}

function followErrors(room: RoomState): void {
  room.stage.client.on('error', ({ id, data }) => {
    room.outbox.fail(id)
    room.notices.tellError(data, () => retryLast(room))
  })
}

function followSessions(room: RoomState): void {
  room.stage.client.on('ready', ({ data }) => {
    if (room.isFresh.value) room.setPresent(data.active_characters)
    void comeBack(room, data.conversation_id)
  })
}
