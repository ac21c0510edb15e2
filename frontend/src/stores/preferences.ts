import { useStorage } from '@vueuse/core'
import { defineStore } from 'pinia'
import { type ListeningMode } from '#shared/protocol/commands.ts'

export const CAPTION_SIZES = ['small', 'medium', 'large', 'huge'] as const
export type CaptionSize = (typeof CAPTION_SIZES)[number]

/** What stops those who speak: the user's voice, a key or button, or nothing, as nobody listens meanwhile. */
export const INTERRUPTIONS = ['voice', 'button', 'never'] as const
export type Interruption = (typeof INTERRUPTIONS)[number]

export const SEND_KEYS = ['enter', 'ctrl-enter'] as const
export type SendKey = (typeof SEND_KEYS)[number]

/** How this browser is set: what is a matter of the ears, eyes and hands before it. */
export const usePreferences = defineStore('preferences', () => ({
  /** Silence after which the user has finished, in ms; 0 as the server is set. */
  pauseMs: useStorage('troupe.pause', 0),
  listeningMode: useStorage<ListeningMode>('troupe.listening', 'hands_free'),
  interruption: useStorage<Interruption>('troupe.interruption', 'voice'),
  /** Held to talk, as in `KeyboardEvent.code`. */
  talkKey: useStorage('troupe.talk-key', 'Space'),
  hearsMuted: useStorage('troupe.hears-muted', false),
  /** Microphone sound below this is taken for silence: 0 … 1 on the meter, 0 for none. */
  gate: useStorage('troupe.gate', 0),
  hasEchoCancellation: useStorage('troupe.echo', true),
  hasNoiseSuppression: useStorage('troupe.noise', true),
  hasAutoGain: useStorage('troupe.gain', true),
  areCaptionsOn: useStorage('troupe.captions', true),
  captionSize: useStorage<CaptionSize>('troupe.caption-size', 'medium'),
  sendKey: useStorage<SendKey>('troupe.send-key', 'enter'),
}))
