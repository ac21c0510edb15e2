import { computed, ref, shallowRef, type ComputedRef, type Ref, type ShallowRef } from 'vue'
import { type TurnMetrics } from '#shared/entities.ts'
import { Passing } from './passing.ts'
import { type SpokenStreams } from './spoken-streams.ts'
import { type Stage } from './stage.ts'
import { type Activity } from './types.ts'
import { UserSpeech } from './user-speech.ts'

/** How long "Interrupted" stays to be read. */
const INTERRUPTED_MS = 1_200

/** Who is doing what, derived from what the server says and from what is really being heard. */
export class Scene {
  readonly user: UserSpeech
  readonly speakingCharacterId: Ref<string | null> = ref(null)
  /** 0 … 1, of what is being played. */
  readonly playLevel: Ref<number> = ref(0)
  readonly lastMetrics: ShallowRef<TurnMetrics | null> = shallowRef(null)
  readonly activity: ComputedRef<Activity>
  readonly thinkingCharacterId: ComputedRef<string | null>
  readonly waitingCharacterIds: ComputedRef<readonly string[]>
  readonly #isTurnRunning = ref(false)
  readonly #interrupted: Passing
  /** Those of the turn who have not been heard to their end. */
  readonly #ahead = shallowRef<readonly string[]>([])

  constructor(stage: Stage, streams: SpokenStreams) {
    this.user = new UserSpeech(stage)
    this.#interrupted = new Passing(stage.clock, INTERRUPTED_MS)
    this.activity = computed(() => this.#currentActivity())
    this.thinkingCharacterId = computed(() => {
      return this.speakingCharacterId.value === null ? (this.#ahead.value[0] ?? null) : null
    })
    this.waitingCharacterIds = computed(() => {
      const onStage = this.speakingCharacterId.value ?? this.#ahead.value[0]
      return this.#ahead.value.filter((id) => id !== onStage)
    })
    this.#followTurns(stage)
    this.#followVoice(stage, streams)
  }

  /** Another conversation, or another session: nothing is happening. */
  reset(): void {
    this.user.reset()
    this.#interrupted.set(false)
    this.#endTurn()
    this.speakingCharacterId.value = null
    this.playLevel.value = 0
  }

  #currentActivity(): Activity {
    if (this.user.isHeard.value) return 'hearing'
    if (this.#interrupted.isOn.value) return 'interrupted'
    if (this.speakingCharacterId.value !== null) return 'speaking'
    if (this.#isTurnRunning.value) return 'thinking'
    return this.user.transcribing.isOn.value ? 'transcribing' : 'idle'
  }

  #followTurns({ client }: Stage): void {
    client.on('turn_started', ({ data }) => {
      this.#interrupted.set(false)
      this.user.transcribing.set(false)
      this.#isTurnRunning.value = true
      this.#ahead.value = data.responders.map((responder) => responder.character_id)
    })
    client.on('turn_ended', ({ data }) => {
      this.#endTurn()
      this.lastMetrics.value = data.metrics
    })
    client.onStatus(({ name }) => {
      if (name === 'open') return
      this.user.reset()
      this.#endTurn()
    })
    client.onSilenced(() => {
      if (this.#isTurnRunning.value || this.speakingCharacterId.value !== null) this.#interrupted.set(true)
      this.#endTurn()
    })
  }

  #followVoice({ playback }: Stage, streams: SpokenStreams): void {
    playback.onReport(({ positions, playing, level }) => {
      for (const position of positions.filter(({ isFinal }) => isFinal)) {
        const done = streams.find(position)?.characterId
        this.#ahead.value = this.#ahead.value.filter((id) => id !== done)
      }
      const stream = playing === null ? undefined : streams.find(playing)
      this.speakingCharacterId.value = stream?.characterId ?? null
      this.playLevel.value = level
    })
  }

  #endTurn(): void {
    this.#isTurnRunning.value = false
    this.#ahead.value = []
  }
}
