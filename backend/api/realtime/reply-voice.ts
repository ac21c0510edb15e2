import { randomUUID } from 'node:crypto'
import { type Synthesizer } from '../../engines/contracts.ts'
import { Channel } from '../../lib/channel.ts'
import { type Clock } from '../../lib/clock.ts'
import { Resampler } from '../../lib/resample.ts'
import { type AudioItem, type SpeechItem } from '../../pipeline/channel-items.ts'
import { type HeardSentence } from '../../pipeline/heard-text.ts'
import { MessageReader, type ReaderOptions } from '../../pipeline/message-reader.ts'
import { SentenceSplitter, type Sentence } from '../../pipeline/sentences.ts'
import { runSpeech } from '../../pipeline/speech.ts'
import { type Speaker, type SpokenMessage, Turn } from '../../pipeline/turn.ts'

/** Chunks of sound that wait to be sent; an engine's chunk is a clause at most. */
const AUDIO_CAPACITY = 16

export interface ReplyVoiceDeps {
  readonly clock: Clock
  readonly synthesizer: Synthesizer
  readonly firstAudioTimeoutMs: number
  readonly speaker: Speaker
  readonly reading: ReaderOptions
  /** Samples per second that are wanted. */
  readonly rate: number
  readonly signal: AbortSignal
  readonly onSentence: (sentence: HeardSentence) => void
  readonly onSound: (samples: Int16Array) => void
  /** Resolves when the client has room for more. */
  readonly room: () => Promise<void>
  readonly onFailure: (error: unknown) => void
}

/** Says one reply aloud while it is written, as a character says its part of a turn in a room: sentence by sentence. */
export class ReplyVoice {
  readonly #deps: ReplyVoiceDeps
  readonly #turn: Turn
  readonly #message: SpokenMessage
  readonly #splitter = new SentenceSplitter()
  readonly #sentences = new Channel<SpeechItem>({ capacity: Infinity })
  readonly #audio = new Channel<AudioItem>({ capacity: AUDIO_CAPACITY })
  readonly #work: Promise<unknown>
  #count = 0

  constructor(deps: ReplyVoiceDeps) {
    const { clock, signal, synthesizer } = deps
    this.#deps = deps
    this.#turn = new Turn(0, { askedAtMs: clock.nowMs(), tokens: 0, sentences: 0, staleDropped: 0 })
    this.#message = newMessage(deps, this.#turn)
    const speech = runSpeech({
      clock,
      synthesizer,
      firstAudioTimeoutMs: deps.firstAudioTimeoutMs,
      sentences: this.#sentences,
      audio: this.#audio,
      onFailure: (_turn, error) => deps.onFailure(error),
    }).finally(() => this.#audio.close())
    this.#work = Promise.all([
      speech,
      this.#stream(new Resampler({ fromRate: synthesizer.sampleRate, toRate: deps.rate })),
    ])
    this.#work.catch(() => {}) // `end` tells.
    signal.addEventListener('abort', () => this.#stop(), { once: true })
  }

  push(delta: string): void {
    this.#message.content += delta
    this.#say(this.#splitter.push(delta))
  }

  /** The reply is whole. Resolves when all of it has been said. */
  async end(): Promise<void> {
    this.#message.isWritten = true
    this.#say(this.#splitter.end())
    this.#sentences.trySend({ type: 'message_end', turn: this.#turn, message: this.#message })
    this.#sentences.close()
    await this.#work
  }

  #say(sentences: readonly Sentence[]): void {
    for (const sentence of sentences) {
      const item = { turn: this.#turn, message: this.#message, sentence, index: this.#count }
      this.#sentences.trySend({ type: 'sentence', ...item })
      this.#count += 1
    }
  }

  #stop(): void {
    this.#turn.settle('interrupted')
    this.#sentences.close()
    this.#audio.close()
  }

  async #stream(resampler: Resampler): Promise<void> {
    const { signal, onSound, onSentence, room } = this.#deps
    for await (const item of this.#audio) {
      if (signal.aborted || item.type !== 'audio') continue
      if (item.spoken) {
        item.spoken.firstSample = this.#message.sentSamples
        onSentence(item.spoken)
      }
      this.#message.sentSamples += item.pcm.length
      onSound(resampler.push(item.pcm))
      await room()
    }
    if (!signal.aborted) onSound(resampler.end())
  }
}

function newMessage({ speaker, synthesizer, reading }: ReplyVoiceDeps, turn: Turn): SpokenMessage {
  return {
    turn,
    messageId: randomUUID(),
    conversationId: '',
    speaker,
    alternativeIndex: undefined,
    following: undefined,
    writtenBefore: 0,
    reader: new MessageReader(reading),
    generation: null,
    toolUses: [],
    stream: 0,
    sampleRate: synthesizer.sampleRate,
    content: '',
    shownLength: 0,
    isOnlyRead: false,
    isWritten: false,
    sentences: [],
    sentSamples: 0,
    sentFrames: 0,
    playsUntilMs: 0,
    held: undefined,
    playedSamples: 0,
    isPlaybackReported: false,
    isReplay: false,
  }
}
