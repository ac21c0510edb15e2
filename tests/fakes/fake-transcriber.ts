import { MICROPHONE_SAMPLE_RATE } from '#shared/audio.ts'
import { type EngineStatus } from '#shared/entities.ts'
import {
  type Transcriber,
  type TranscriptEvent,
  type TranscriptionSession,
} from '../../backend/engines/contracts.ts'
import { UtteranceLane } from '../../backend/engines/stt/utterance-lane.ts'
import { AppError } from '../../backend/errors.ts'
import { abortable, abortReason } from '../../backend/lib/abort.ts'
import { sleep, type Clock } from '../../backend/lib/clock.ts'

/** What is heard in one utterance. */
export interface FakeTranscript {
  readonly text: string
  /** Partial texts, one for each `partialEveryMs` of audio; absent: the text grows word by word. */
  readonly partials?: readonly string[]
  /** From the end of the audio to the final text. */
  readonly finalMs?: number
  /** Instead of the final text: fails with this, or says nothing more for ever. */
  readonly ending?: AppError | 'stall'
  /** Goes on after the signal has aborted, as an engine that breaks the contract would. */
  readonly ignoresAbort?: boolean
}

interface FakeTranscriberOptions {
  readonly clock: Clock
  /** Audio between two partial texts. */
  readonly partialEveryMs?: number
}

const NEVER = new AbortController().signal

/** Hears what the test tells it to, whatever is said. Audio without any level is silence, and has no words. */
export class FakeTranscriber implements Transcriber {
  readonly name = 'fake'
  /** Samples of every utterance heard to its end, oldest first. */
  readonly heardSamples: number[] = []
  readonly #clock: Clock
  readonly #partialSamples: number
  readonly #planned: FakeTranscript[] = []
  readonly #sessions = new Set<FakeSession>()
  #usual: FakeTranscript
  #openCalls = 0
  #isClosed = false

  /** @param usual what it hears when nothing else is planned. */
  constructor(options: FakeTranscriberOptions, usual: FakeTranscript = { text: 'good morning to you all' }) {
    this.#clock = options.clock
    this.#partialSamples = ((options.partialEveryMs ?? 200) / 1000) * MICROPHONE_SAMPLE_RATE
    this.#usual = usual
  }

  /** Plans what is heard next, in order; afterwards the usual comes again. */
  plan(...transcripts: readonly FakeTranscript[]): void {
    this.#planned.push(...transcripts)
  }

  /** Changes the usual. */
  hear(usual: FakeTranscript): void {
    this.#usual = usual
  }

  /** Sessions not disposed of: 0 when nothing leaks. */
  get openSessions(): number {
    return this.#sessions.size
  }

  /** Utterances begun and neither finished, failed, aborted nor left: 0 when nothing leaks. */
  get openCalls(): number {
    return this.#openCalls
  }

  status(): EngineStatus {
    return { name: this.name, ready: !this.#isClosed, detail: 'a test double' }
  }

  openSession(): TranscriptionSession {
    const session = new FakeSession(
      (audio, signal) => this.#transcribe(audio, signal),
      () => this.#sessions.delete(session),
    )
    this.#sessions.add(session)
    if (this.#isClosed) session.close()
    return session
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true
    for (const session of this.#sessions) session.close()
    return Promise.resolve()
  }

  async *#transcribe(
    audio: AsyncIterable<Int16Array>,
    signal: AbortSignal,
  ): AsyncGenerator<TranscriptEvent, void> {
    const transcript = this.#planned.shift() ?? this.#usual
    const ownSignal = transcript.ignoresAbort ? NEVER : signal
    this.#openCalls += 1
    try {
      const isSilent = yield* this.#partials(transcript, audio, ownSignal)
      await sleep(this.#clock, transcript.finalMs ?? 0, ownSignal)
      if (transcript.ending === 'stall') await abortable(new Promise(() => {}), ownSignal)
      if (transcript.ending instanceof AppError) throw transcript.ending
      yield { type: 'final', text: isSilent ? '' : transcript.text }
    } finally {
      this.#openCalls -= 1
    }
  }

  /** @returns whether nothing was to be heard. */
  async *#partials(
    transcript: FakeTranscript,
    audio: AsyncIterable<Int16Array>,
    signal: AbortSignal,
  ): AsyncGenerator<TranscriptEvent, boolean> {
    const partials = [...(transcript.partials ?? growing(transcript.text))]
    const iterator = audio[Symbol.asyncIterator]()
    let samples = 0
    let isSilent = true
    let dueSamples = this.#partialSamples
    while (true) {
      const { done, value } = await abortable(iterator.next(), signal)
      if (done) break
      samples += value.length
      isSilent &&= value.every((sample) => sample === 0)
      for (; samples >= dueSamples; dueSamples += this.#partialSamples) {
        const text = partials.shift()
        if (text !== undefined && !isSilent) yield { type: 'partial', text }
      }
    }
    this.heardSamples.push(samples)
    return isSilent
  }
}

class FakeSession implements TranscriptionSession {
  readonly #transcribe: TranscriptionSession['transcribe']
  readonly #onClosed: () => void
  readonly #lane = new UtteranceLane()
  readonly #closing = new AbortController()

  constructor(transcribe: TranscriptionSession['transcribe'], onClosed: () => void) {
    this.#transcribe = transcribe
    this.#onClosed = onClosed
  }

  async *transcribe(
    audio: AsyncIterable<Int16Array>,
    caller: AbortSignal,
  ): AsyncGenerator<TranscriptEvent, void> {
    if (caller.aborted) throw abortReason(caller)
    const signal = AbortSignal.any([caller, this.#closing.signal])
    using _turn = await this.#lane.enter(signal)
    yield* this.#transcribe(audio, signal)
  }

  close(): void {
    this.#closing.abort(new AppError('engine_unavailable', 'The fake recogniser is closed'))
    this.#onClosed()
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.close()
    return Promise.resolve()
  }
}

/** `a b c` → `a`, `a b`, `a b c`. */
function growing(text: string): string[] {
  const words = text.split(' ')
  return words.map((_, index) => words.slice(0, index + 1).join(' '))
}
