import { ref, type Ref } from 'vue'
import { type ListeningMode } from '#shared/protocol/commands.ts'
import { type CapturedFrame } from '../audio/capture-framer.ts'
import { MicrophoneError } from '../audio/microphone-error.ts'
import { toMeter } from '../audio/pcm.ts'
import { type Stage } from './stage.ts'

/** Sound from before the button was pressed: the first syllable is often sooner than the finger. 20 ms each. */
const PRE_ROLL_FRAMES = 16

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
  readonly #stage: Stage
  #deviceId = 'default'
  #isOn = false
  /** Whether frames are sent: listening, or the last moment of it. */
  #isSending = false
  #preRoll: CapturedFrame[] = []

  constructor(stage: Stage) {
    this.#stage = stage
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

  /** Off means off: the device is given back, and its light goes out. */
  async toggleMuted(): Promise<void> {
    this.isMuted.value = !this.isMuted.value
    if (!this.#isOn) return
    if (!this.isMuted.value) {
      await this.#open()
      return
    }
    this.talkEnd()
    this.#stopListening()
    this.#close()
  }

  talkStart(): void {
    if (this.mode.value !== 'push_to_talk' || !this.isOpen || this.isTalking.value) return
    const { client } = this.#stage
    this.isTalking.value = true
    this.#isSending = true
    client.send('start_listening', { mode: 'push_to_talk' })
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
      await this.#stage.microphone.open(this.#deviceId)
      if (this.isOpen) this.#listenHandsFree()
    } catch (error) {
      this.#fail(error instanceof MicrophoneError ? error.message : 'The microphone could not be opened')
    } finally {
      this.isOpening.value = false
    }
  }

  #close(): void {
    this.#stage.microphone.close()
    this.level.value = 0
    this.#preRoll = []
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
    if (this.mode.value !== 'hands_free') return
    this.#isSending = this.#stage.client.send('start_listening', { mode: 'hands_free' }) !== null
  }

  #stopListening(): void {
    const isHandsFree = this.mode.value === 'hands_free'
    if (this.#isSending && isHandsFree) this.#stage.client.send('stop_listening', {})
    this.#isSending = false
  }

  #onFrame(frame: CapturedFrame): void {
    this.level.value = toMeter(frame.level)
    if (this.#isSending) this.#stage.client.sendAudio(frame.pcm)
    else this.#preRoll = [...this.#preRoll, frame].slice(-PRE_ROLL_FRAMES)
  }
}
