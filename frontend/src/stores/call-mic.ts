import { computed, ref, type ComputedRef, type Ref } from 'vue'
import { type ListeningMode } from '#shared/protocol/commands.ts'
import { type CapturedFrame } from '../audio/capture-framer.ts'
import { type MicrophoneProcessing } from '../audio/microphone.ts'
import { MicrophoneError } from '../audio/microphone-error.ts'
import { t } from '../i18n/index.ts'
import { toMeter } from '../audio/pcm.ts'
import { MicGate } from './mic-gate.ts'
import { Passing } from './passing.ts'
import { type Stage } from './stage.ts'

/** Sound from before the button was pressed: the first syllable is often sooner than the finger. 20 ms each. */
const PRE_ROLL_FRAMES = 16

/** How loud somebody is who talks, on the meter; and how long the hint stays that nobody hears it. */
const TALKING_LEVEL = 0.55
const UNHEARD_MS = 4_000

/** How the user wants the microphone to be used. */
export interface MicWishes {
  readonly pauseMs: number
  readonly canBargeIn: boolean
  /** It rests while somebody speaks. */
  readonly isDeafNow: boolean
  readonly hearsMuted: boolean
  readonly gate: number
  readonly processing: MicrophoneProcessing
}

/**
 * The user's side of a call. Hands-free, sound is sent as long as the microphone is open; with push-to-talk only
 * while the button is held, a moment before and a moment after.
 */
export class CallMic {
  readonly mode: Ref<ListeningMode> = ref('hands_free')
  readonly isMuted: Ref<boolean> = ref(false)
  readonly isTalking: Ref<boolean> = ref(false)
  readonly isOpening: Ref<boolean> = ref(false)
  readonly isOnHold: Ref<boolean> = ref(false)
  /** 0 … 1 */
  readonly level: Ref<number> = ref(0)
  /** What happened to the microphone, and what to do. */
  readonly problem: Ref<string | null> = ref(null)
  /** Somebody talks whom nobody hears: muted, or without holding the button. */
  readonly isUnheard: ComputedRef<boolean>
  readonly #unheard: Passing
  readonly #stage: Stage
  readonly #wishes: () => MicWishes
  readonly #gate = new MicGate()
  #loudFrames = 0
  #deviceId = 'default'
  #isOn = false
  /** Whether frames are sent: listening, or the last moment of it. */
  #isSending = false
  #preRoll: CapturedFrame[] = []

  constructor(stage: Stage, wishes: () => MicWishes) {
    this.#stage = stage
    this.#wishes = wishes
    this.#unheard = new Passing(stage.clock, UNHEARD_MS)
    this.isUnheard = computed(() => this.#unheard.isOn.value)
    stage.microphone.onFrame((frame) => this.#onFrame(frame))
    stage.microphone.onLost((words) => this.#fail(words))
    stage.microphone.onHeld((isHeld) => {
      this.isOnHold.value = isHeld
    })
    // A new session does not know that it was listening.
    stage.client.on('ready', () => this.#resume())
  }

  get isOpen(): boolean {
    return this.#stage.microphone.isOpen
  }

  async start(deviceId: string): Promise<void> {
    this.#isOn = true
    this.#deviceId = deviceId
    this.isMuted.value = false
    await this.#open()
  }

  stop(): void {
    this.#isOn = false
    this.talkCancel()
    this.#stopListening()
    this.#close()
    this.problem.value = null
  }

  async choose(deviceId: string): Promise<void> {
    this.#deviceId = deviceId
    if (this.#isOn && !this.isMuted.value) await this.#open()
  }

  setMode(mode: ListeningMode): void {
    if (mode === this.mode.value) return
    this.talkCancel()
    this.#stopListening()
    this.mode.value = mode
    if (this.isOpen) this.#listenHandsFree()
  }

  /** The wishes have changed: the device is opened anew, or listening begins anew, with them. */
  async renew(isDeviceConcerned: boolean): Promise<void> {
    if (!this.#isOn || this.isMuted.value || !this.isOpen) return
    if (isDeviceConcerned) await this.#open()
    else this.#listenHandsFree()
  }

  /** Off means off: the device is given back, and its light goes out; unless the user wants to be warned. */
  async toggleMuted(): Promise<void> {
    this.isMuted.value = !this.isMuted.value
    this.#unheard.set(false)
    if (!this.#isOn) return
    if (!this.isMuted.value) {
      await this.#open()
      return
    }
    this.talkEnd()
    this.#stopListening()
    if (!this.#wishes().hearsMuted) this.#close()
  }

  talkStart(): void {
    if (this.mode.value !== 'push_to_talk' || !this.isOpen || this.isMuted.value || this.isTalking.value)
      return
    const { client } = this.#stage
    this.isTalking.value = true
    this.#unheard.set(false)
    this.#isSending = true
    client.send('start_listening', this.#listening('push_to_talk'))
    for (const { pcm } of this.#preRoll) client.sendAudio(pcm)
    this.#preRoll = []
  }

  /** What was said is the user's message. The server takes in the tail that is still being sent. */
  talkEnd(): void {
    this.#endTalk(false)
  }

  /** What was said is to be forgotten. */
  talkCancel(): void {
    this.#endTalk(true)
  }

  #endTalk(isDiscarded: boolean): void {
    if (!this.isTalking.value) return
    this.isTalking.value = false
    if (isDiscarded) this.#isSending = false
    this.#stage.client
      .ask('stop_listening', isDiscarded ? { discard: true } : {})
      // Offline there is nobody left who listens.
      .catch(() => {})
      .finally(() => {
        if (this.mode.value === 'push_to_talk') this.#isSending = this.isTalking.value
      })
      .catch(() => {})
  }

  async #open(): Promise<void> {
    this.problem.value = null
    this.isOpening.value = true
    try {
      await this.#stage.microphone.open(this.#deviceId, this.#wishes().processing)
      if (this.isOpen) this.#listenHandsFree()
    } catch (error) {
      this.#fail(error instanceof MicrophoneError ? error.message : t('call.microphone.failed'))
    } finally {
      this.isOpening.value = false
    }
  }

  #close(): void {
    this.#stage.microphone.close()
    this.level.value = 0
    this.#preRoll = []
    this.#gate.flush()
    this.isOnHold.value = false
  }

  #fail(words: string): void {
    this.talkEnd()
    this.#stopListening()
    this.#close()
    this.problem.value = words
  }

  #resume(): void {
    this.isTalking.value = false
    this.#isSending = false
    if (this.isOpen) this.#listenHandsFree()
  }

  #listenHandsFree(): void {
    if (this.mode.value !== 'hands_free' || this.isMuted.value) return
    this.#isSending = this.#stage.client.send('start_listening', this.#listening('hands_free')) !== null
  }

  /** Who holds the button means to be heard, whoever speaks. */
  #listening(mode: ListeningMode) {
    const { pauseMs, canBargeIn } = this.#wishes()
    return {
      mode,
      ...(pauseMs > 0 ? { pause_ms: pauseMs } : {}),
      ...(canBargeIn || mode === 'push_to_talk' ? {} : { barge_in: false }),
    }
  }

  #stopListening(): void {
    const isHandsFree = this.mode.value === 'hands_free'
    if (this.#isSending && isHandsFree) this.#stage.client.send('stop_listening', {})
    this.#isSending = false
  }

  #onFrame(frame: CapturedFrame): void {
    this.level.value = toMeter(frame.level)
    if (this.#isSending) this.#send(frame)
    else {
      this.#preRoll = [...this.#preRoll, frame].slice(-PRE_ROLL_FRAMES)
      this.#noticeTalk()
    }
  }

  #send(frame: CapturedFrame): void {
    const { isDeafNow, gate } = this.#wishes()
    const isHandsFree = this.mode.value === 'hands_free'
    // Who holds the button is heard as they are.
    this.#gate.threshold = isHandsFree ? gate : 0
    for (const { pcm } of this.#gate.pass(frame)) {
      this.#stage.client.sendAudio(isHandsFree && isDeafNow ? new Int16Array(pcm.length) : pcm)
    }
  }

  /** A word or two, not a cough. */
  #noticeTalk(): void {
    this.#loudFrames =
      this.level.value >= TALKING_LEVEL ? this.#loudFrames + 1 : Math.max(0, this.#loudFrames - 1)
    if (this.#loudFrames < 20) return
    this.#loudFrames = 0
    this.#unheard.set(true)
  }
}
