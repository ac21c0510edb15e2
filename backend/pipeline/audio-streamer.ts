import { type Channel } from '../lib/channel.ts'
import { sleep, type Clock } from '../lib/clock.ts'
import { type ClientLink } from './client-link.ts'
import { splitFrames } from './frames.ts'
import { type AudioItem } from './channel-items.ts'
import { lineOf } from './message-line.ts'
import { writtenTimes } from './written-times.ts'
import { type SpokenMessage, type SpokenSentence, type Turn } from './turn.ts'
import { type TurnGate } from './turn-gate.ts'

/** How far sound may be ahead of its playing: enough to ride out a hiccup, little enough to stop at once. */
const LEAD_MS = 280
/** Above this the client reads too slowly; nothing is added until it has caught up. */
const MAX_BUFFERED_BYTES = 64 * 1024
const BUFFER_POLL_MS = 20
/** How long after the last sound should have ended its playing is waited for. */
const PLAYED_OUT_GRACE_MS = 400
const PLAYED_OUT_POLL_MS = 20

export interface AudioStreamerDeps {
  readonly clock: Clock
  readonly link: ClientLink
  readonly gate: TurnGate
  readonly audio: Channel<AudioItem>
  /** Everything of the turn has been heard. */
  readonly onTurnEnd: (turn: Turn) => void
  /** The worker goes on. */
  readonly onFailure: (turn: Turn, error: unknown) => void
}

type SoundItem = Extract<AudioItem, { type: 'audio' }>

/**
 * The long-lived last step: sound in, paced frames out. It keeps the time at which all it has sent will have been
 * played (the playhead), which belongs to the connection, not to a turn.
 */
export class AudioStreamer {
  readonly #deps: AudioStreamerDeps
  #playheadMs = 0

  constructor(deps: AudioStreamerDeps) {
    this.#deps = deps
  }

  /** @returns when the audio channel is closed and empty. */
  async run(): Promise<void> {
    for await (const item of this.#deps.audio) {
      const { signal } = item.turn
      if (signal.aborted) continue
      try {
        await this.#handle(item)
      } catch (error) {
        if (!signal.aborted) this.#deps.onFailure(item.turn, error)
      }
    }
  }

  /** The client has fallen silent: what was sent ahead will not be played. */
  reset(): void {
    this.#playheadMs = 0
  }

  /** How much of a message has been played, as far as can be told without the browser's word. */
  estimatePlayedSamples(message: SpokenMessage): number {
    const aheadMs = Math.max(0, message.playsUntilMs - this.#deps.clock.nowMs())
    return Math.max(0, message.sentSamples - Math.round((aheadMs * message.sampleRate) / 1000))
  }

  async #handle(item: AudioItem): Promise<void> {
    switch (item.type) {
      case 'audio':
        return this.#streamSound(item)
      case 'message_end':
        return this.#endMessage(item.message)
      case 'turn_end':
        await this.#playedOut(item.turn)
        return this.#deps.onTurnEnd(item.turn)
    }
  }

  async #streamSound(item: SoundItem): Promise<void> {
    const { message, turn } = item
    const frames = splitFrames(item.pcm, message.sampleRate)
    const last = frames.pop()
    if (!last) return
    if (message.held) await this.#sendFrame(message, message.held, false)
    else this.#deps.gate.send(turn, streamStart(message))
    this.#announce(item)
    for (const frame of frames) await this.#sendFrame(message, frame, false)
    message.held = last
  }

  async #endMessage(message: SpokenMessage): Promise<void> {
    if (!message.held) return
    await this.#sendFrame(message, message.held, true)
    message.held = undefined
    const data = { ...streamOf(message), samples: message.sentSamples }
    this.#deps.gate.send(message.turn, { type: 'audio_stream_stop', data })
  }

  #announce(item: SoundItem): void {
    const { message, spoken } = item
    const offset = message.sentSamples
    if (spoken) {
      spoken.firstSample = offset
      message.sentences.push(spoken)
    }
    const { sentenceIndex: sentence_index, chunkIndex: chunk_index } = item
    const data = {
      ...streamOf(message),
      sentence_index,
      chunk_index,
      offset,
      ...(spoken ? captionOf(spoken) : {}),
    }
    this.#deps.gate.send(item.turn, { type: 'audio_chunk', data })
  }

  async #sendFrame(message: SpokenMessage, pcm: Int16Array, isLast: boolean): Promise<void> {
    const { clock, gate } = this.#deps
    const { turn } = message
    const durationMs = (pcm.length * 1000) / message.sampleRate
    await this.#waitForTurn(durationMs, turn.signal)
    const nowMs = clock.nowMs()
    turn.timings.firstFrameAtMs ??= nowMs
    gate.sendAudio(turn, {
      epoch: turn.epoch,
      stream: message.stream,
      seq: message.sentFrames,
      offset: message.sentSamples,
      isLast,
      pcm,
    })
    message.sentFrames += 1
    message.sentSamples += pcm.length
    this.#playheadMs = Math.max(this.#playheadMs, nowMs) + durationMs
    message.playsUntilMs = this.#playheadMs
  }

  /** Waits until sound of this length may be sent. */
  async #waitForTurn(durationMs: number, signal: AbortSignal): Promise<void> {
    const { clock, link } = this.#deps
    const waitMs = this.#playheadMs + durationMs - LEAD_MS - clock.nowMs()
    if (waitMs > 0) await sleep(clock, waitMs, signal)
    while (link.bufferedBytes > MAX_BUFFERED_BYTES) await sleep(clock, BUFFER_POLL_MS, signal)
  }

  /** A turn can be interrupted as long as it can be heard: its end waits for the sound that was sent ahead. */
  async #playedOut(turn: Turn): Promise<void> {
    const { clock } = this.#deps
    const remainingMs = this.#playheadMs - clock.nowMs()
    if (remainingMs > 0) await sleep(clock, remainingMs, turn.signal)
    const latestMs = clock.nowMs() + PLAYED_OUT_GRACE_MS
    while (turn.messages.some(isStillPlaying) && clock.nowMs() < latestMs) {
      await sleep(clock, PLAYED_OUT_POLL_MS, turn.signal)
    }
  }
}

function isStillPlaying(message: SpokenMessage): boolean {
  return message.isPlaybackReported && message.playedSamples < message.sentSamples
}

function streamOf(message: SpokenMessage) {
  return { ...lineOf(message), stream: message.stream }
}

function streamStart(message: SpokenMessage) {
  const data = { ...streamOf(message), sample_rate: message.sampleRate, format: 'pcm_s16le' as const }
  return { type: 'audio_stream_start' as const, data }
}

/** The sentence's text, and its words on the time line of the audio stream. */
function captionOf(spoken: SpokenSentence) {
  const words = writtenTimes(spoken)?.map((word) => ({
    text: word.text,
    start: spoken.firstSample + word.startSample,
    end: spoken.firstSample + word.endSample,
  }))
  return { text: spoken.sentence.text, ...(words ? { words } : {}) }
}
