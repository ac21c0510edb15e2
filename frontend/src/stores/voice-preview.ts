import { defineStore } from 'pinia'
import { ref, shallowRef } from 'vue'
import { type z } from 'zod'
import { type VoicePreview } from '#shared/protocol/voices.ts'
import { type Playback } from '../audio/player.ts'
import { wavPieces } from '../audio/wav-stream.ts'
import { fetchApi } from '../socket/api.ts'
import { useStage } from './stage.ts'

/** Something to hear, and what it is called while it sounds. */
export interface Heard {
  readonly key: string
  readonly firstSoundMs: number | null
  readonly problem: string | null
}

/** What is tried out: one sentence at a time, over the same loudspeaker as everything else. */
export const useVoicePreview = defineStore('voice-preview', () => {
  const stage = useStage()
  const playing = ref<string | null>(null)
  /** Of what was heard last. */
  const last = shallowRef<Heard | null>(null)
  const sounds = new Aside(
    () => stage.output.openAside(),
    () => (playing.value = null),
  )
  let current = new AbortController()

  function stop(): void {
    current.abort()
    sounds.stop()
    playing.value = null
  }

  /** Stops what sounds, and plays this. @param key by which it is known who plays. */
  async function play(key: string, request: z.input<typeof VoicePreview>): Promise<void> {
    stop()
    current = new AbortController()
    const { signal } = current
    playing.value = key
    last.value = { key, firstSoundMs: null, problem: null }
    const askedAtMs = performance.now()
    const onFirst = (): void => {
      last.value = { key, firstSoundMs: Math.round(performance.now() - askedAtMs), problem: null }
    }
    try {
      const path = '/api/voices/preview'
      const response = await fetchApi({ method: 'POST', path, json: request, signal })
      await sounds.play(response, { signal, onFirst })
    } catch (error) {
      if (signal.aborted) return
      playing.value = null
      last.value = { key, firstSoundMs: null, problem: error instanceof Error ? error.message : '' }
    }
  }

  const toggle = (key: string, request: () => z.input<typeof VoicePreview>): void => {
    if (playing.value === key) stop()
    else void play(key, request())
  }

  return { playing, last, play, stop, toggle }
})

interface Playing {
  readonly signal: AbortSignal
  readonly onFirst: () => void
}

/** Sound that belongs to no conversation. Each text is a turn of its own. */
class Aside {
  readonly #open: () => Promise<Playback>
  readonly #onEnd: () => void
  #playback: Promise<Playback> | undefined
  #epoch = 0

  constructor(open: () => Promise<Playback>, onEnd: () => void) {
    this.#open = open
    this.#onEnd = onEnd
  }

  stop(): void {
    const epoch = this.#epoch
    // What is cut off ends, too; nobody waits for that end any more.
    this.#epoch += 1
    void this.#playback?.then((playback) => playback.send({ type: 'cut', epoch })).catch(() => {})
  }

  async play({ body }: Response, { signal, onFirst }: Playing): Promise<void> {
    if (body === null) return
    this.#epoch += 1
    const epoch = this.#epoch
    this.#playback ??= this.#followed()
    const playback = await this.#playback
    let seq = 0
    let offset = 0
    for await (const { pcm, sampleRate } of wavPieces(body)) {
      if (signal.aborted) return
      if (seq === 0) {
        onFirst()
        playback.send({ type: 'start', epoch, stream: 0, sampleRate, isMuted: false })
      }
      playback.send({ type: 'frame', frame: { epoch, stream: 0, seq, offset, isLast: false, pcm } })
      seq += 1
      offset += pcm.length
    }
    if (!signal.aborted) playback.send({ type: 'end', epoch, stream: 0 })
  }

  async #followed(): Promise<Playback> {
    const playback = await this.#open()
    playback.onReport(({ positions }) => {
      if (positions.some(({ epoch, isFinal }) => isFinal && epoch === this.#epoch)) this.#onEnd()
    })
    return playback
  }
}
