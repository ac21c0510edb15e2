import { defineStore } from 'pinia'
import { ref, shallowRef } from 'vue'
import { type Character, type TurnMetrics } from '#shared/entities.ts'
import { type Activity, type LiveCaption, type Notice, type TranscriptLine } from './types.ts'

/** The open conversation: who is there, what was said, what is happening. */
export const useRoom = defineStore('room', () => ({
  conversationId: ref<string | null>(null),
  /** Whether the conversation is not stored yet: its first message creates it. */
  isFresh: ref(true),
  title: ref(''),
  cast: shallowRef<readonly Character[]>([]),
  lines: shallowRef<readonly TranscriptLine[]>([]),
  isLoading: ref(false),
  isLoadingOlder: ref(false),
  hasOlder: ref(false),
  activity: ref<Activity>('idle'),
  speakingCharacterId: ref<string | null>(null),
  thinkingCharacterId: ref<string | null>(null),
  waitingCharacterIds: shallowRef<readonly string[]>([]),
  liveCaption: shallowRef<LiveCaption | null>(null),
  lastMetrics: shallowRef<TurnMetrics | null>(null),
  notices: shallowRef<readonly Notice[]>([]),
  mutedCharacterIds: shallowRef<readonly string[]>([]),
  dismiss: (_id: string): void => {},
  open: async (_conversationId: string): Promise<void> => {},
  startFresh: async (): Promise<void> => {},
  send: (_text: string, _options?: { interrupt?: boolean }): void => {},
  interrupt: (): void => {},
  loadOlder: async (): Promise<void> => {},
  setCast: async (_characterIds: readonly string[]): Promise<void> => {},
  /** Asks again for the reply to the last message. */
  retryLast: (): void => {},
  speak: (_messageId: string): void => {},
  toggleCharacterMute: (_characterId: string): void => {},
}))
