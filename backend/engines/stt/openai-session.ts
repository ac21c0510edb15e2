import { AppError } from '../../errors.ts'
import { abortable } from '../../lib/abort.ts'
import { type TranscriptEvent, type TranscriptionSession } from '../contracts.ts'
import { CollectedAudio } from './collected-audio.ts'
import { LinkedSignal } from './linked-signal.ts'
import { type TranscriptionRequests } from './transcription-request.ts'
import { UtteranceLane } from './utterance-lane.ts'

interface SessionOptions {
  readonly requests: Pick<TranscriptionRequests, 'textOf'>
  /** How much more must have been said before the next partial text is asked for; `Infinity` for none. */
  readonly partialSamples: number
}

type Step =
  | { readonly type: 'audio'; readonly result: IteratorResult<Int16Array> }
  | { readonly type: 'partial'; readonly text: string }

/** Collects an utterance and has it transcribed as one file. */
export class OpenAiSession implements TranscriptionSession {
  readonly #options: SessionOptions
  readonly #lane = new UtteranceLane()
  readonly #closing = new AbortController()

  constructor(options: SessionOptions) {
    this.#options = options
  }

  async *transcribe(
    audio: AsyncIterable<Int16Array>,
    signal: AbortSignal,
  ): AsyncGenerator<TranscriptEvent, void> {
    using linked = new LinkedSignal(signal, this.#closing.signal)
    using _turn = await this.#lane.enter(linked.signal)
    const collected = new CollectedAudio()
    yield* this.#collect(collected, audio, linked.signal)
    // Servers invent words for silence ("Thanks for watching!"), so they are not asked.
    const text = collected.isSilent ? '' : await this.#options.requests.textOf(collected.wav(), linked.signal)
    yield { type: 'final', text }
  }

  [Symbol.asyncDispose](): Promise<void> {
    const message = 'This session of the recogniser is closed'
    this.#closing.abort(new AppError('engine_unavailable', message))
    return Promise.resolve()
  }

  /** Takes in the whole utterance; on the way asks now and then for the text so far. */
  async *#collect(
    collected: CollectedAudio,
    audio: AsyncIterable<Int16Array>,
    signal: AbortSignal,
  ): AsyncGenerator<TranscriptEvent, void> {
    // Aborts a partial text that is still being asked for when the utterance has ended.
    using leaving = new LinkedSignal(signal)
    const iterator = audio[Symbol.asyncIterator]()
    let next = nextChunk(iterator)
    let partial: Promise<Step> | undefined
    let partialAtSamples = this.#options.partialSamples
    while (true) {
      const step = await abortable(partial ? Promise.race([next, partial]) : next, signal)
      if (step.type === 'partial') {
        partial = undefined
        if (step.text !== '') yield step
        continue
      }
      if (step.result.done) return
      collected.add(step.result.value)
      next = nextChunk(iterator)
      if (partial === undefined && collected.samples >= partialAtSamples) {
        partialAtSamples = collected.samples + this.#options.partialSamples
        partial = this.#partial(collected, leaving.signal)
      }
    }
  }

  /** A partial text that cannot be had is no matter: the final one will say what is wrong. */
  async #partial(collected: CollectedAudio, signal: AbortSignal): Promise<Step> {
    const text = collected.isSilent
      ? ''
      : await this.#options.requests.textOf(collected.wav(), signal).catch(() => '')
    return { type: 'partial', text }
  }
}

function nextChunk(iterator: AsyncIterator<Int16Array>): Promise<Step> {
  const next = iterator.next().then((result): Step => ({ type: 'audio', result }))
  // If the utterance is left before it comes, nobody is there to hear that it failed.
  next.catch(() => {})
  return next
}
