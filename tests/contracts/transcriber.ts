import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { type ErrorCode } from '#shared/errors.ts'
import {
  type Transcriber,
  type TranscriptEvent,
  type TranscriptionSession,
} from '../../backend/engines/contracts.ts'
import { AppError } from '../../backend/errors.ts'
import { silence, spoken } from '../support/speech.ts'

/** One engine under test. */
export interface TranscriberHarness extends AsyncDisposable {
  readonly transcriber: Transcriber
  /** Utterances still in work, as the other end of the engine sees them or the engine counts them. */
  openCalls(): number
  /** Processes of the engine. */
  livingChildren(): number
}

export interface TranscriberSubject {
  readonly name: string
  open(): Promise<TranscriberHarness>
  /** Faults this engine can have, and what each must be mapped to. */
  readonly faults: readonly TranscriberFault[]
}

export interface TranscriberFault {
  readonly name: string
  readonly code: ErrorCode
  open(): Promise<TranscriberHarness>
}

const NEVER = new AbortController().signal
/** Loading decoders and decoding a minute of speech takes its time on a busy machine. */
const PATIENCE_MS = 240_000

let first: Int16Array = new Int16Array()
let second: Int16Array = new Int16Array()

/** What every transcriber must do, whatever is behind it. */
export function describeTranscriber(subject: TranscriberSubject): void {
  describe(`${subject.name} as a transcriber`, { timeout: PATIENCE_MS }, () => {
    let harness: TranscriberHarness
    beforeAll(async () => {
      first = await spoken('Good morning, my old friend. How are you today?')
      second = await spoken('The weather is nice, but it will rain in the evening.')
      harness = await subject.open()
    })
    afterAll(() => harness[Symbol.asyncDispose]())

    describeHearing(() => harness)
    describeCancelling(() => harness)
    describeInputs(() => harness)
    describeFailing(subject)
    describeDisposal(subject)
  })
}

function describeHearing(current: () => TranscriberHarness): void {
  test('gives partial texts while the audio still goes on, then exactly one final text', async () => {
    await using session = current().transcriber.openSession()
    const talk = new Talk(first)
    const events: TranscriptEvent[] = []
    for await (const event of session.transcribe(talk.audio(), NEVER)) {
      events.push(event)
      talk.end()
    }
    expect(events.length).toBeGreaterThan(1)
    expect(events.map(({ type }) => type)).toEqual([...events.slice(1).map(() => 'partial'), 'final'])
    expect(events.every(({ text }) => text.trim() === text && !/[<>[\]()]|\+\+/.test(text))).toBe(true)
    expect(events.at(-1)?.text).not.toBe('')
    await expectNoOpenCalls(current())
  })

  test('transcribes the utterances of a session one after another, though they overlap', async () => {
    await using session = current().transcriber.openSession()
    const order: string[] = []
    const utterances = [first, second, first].map(async (speech, index) => {
      const events = await collect(session, chunksOf(speech))
      order.push(`${index}`)
      return events.at(-1)?.text
    })
    const texts = await Promise.all(utterances)
    expect(order).toEqual(['0', '1', '2'])
    expect(texts.every((text) => text !== undefined && text !== '')).toBe(true)
  })

  test('hears the same in several sessions at once as in one alone', async () => {
    const { transcriber } = current()
    const speeches = [first, second, first]
    const alone = [await textIn(transcriber, first), await textIn(transcriber, second)]
    const together = await Promise.all(speeches.map((speech) => textIn(transcriber, speech)))
    expect(together).toEqual([alone[0], alone[1], alone[0]])
  })

  test('says what it is', () => {
    const { transcriber } = current()
    expect(transcriber.status()).toMatchObject({ name: transcriber.name, ready: true })
  })
}

function describeCancelling(current: () => TranscriberHarness): void {
  test.each([
    ['before any audio', 0],
    ['in the middle of the audio', 24_000],
  ])('rejects with the reason within 50 ms when cancelled %s, and goes on', async (_, samples) => {
    await using session = current().transcriber.openSession()
    const controller = new AbortController()
    const reason = new Error('hung up')
    const failure = failureOf(collect(session, endless(first.subarray(0, samples)), controller.signal))
    await pause(30)
    controller.abort(reason)
    expect(await Promise.race([failure, pause(50, 'too late')])).toBe(reason)
    await expectNoOpenCalls(current())
    expect((await collect(session, chunksOf(second))).at(-1)).toMatchObject({ type: 'final' })
  })

  test('rejects within 50 ms when cancelled while the final text is awaited', async () => {
    await using session = current().transcriber.openSession()
    const controller = new AbortController()
    const reason = new Error('hung up')
    async function* thenAbort(): AsyncGenerator<Int16Array, void> {
      yield* chunksOf(first)
      setImmediate(() => controller.abort(reason))
    }
    const failure = failureOf(collect(session, thenAbort(), controller.signal))
    await new Promise((resolve) => {
      controller.signal.addEventListener('abort', resolve)
    })
    expect(await Promise.race([failure, pause(50, 'too late')])).toBe(reason)
    await expectNoOpenCalls(current())
  })

  test('rejects with the reason when it was cancelled before', async () => {
    await using session = current().transcriber.openSession()
    const reason = new Error('too late')
    await expect(collect(session, chunksOf(first), AbortSignal.abort(reason))).rejects.toBe(reason)
  })

  test('gives up its place when it is cancelled while an earlier utterance is transcribed', async () => {
    await using session = current().transcriber.openSession()
    const talking = new AbortController()
    const earlier = failureOf(collect(session, endless(first), talking.signal))
    const waiting = new AbortController()
    const waited = failureOf(collect(session, chunksOf(second), waiting.signal))
    await pause(20)
    const reason = new Error('never mind')
    waiting.abort(reason)
    expect(await Promise.race([waited, pause(50, 'too late')])).toBe(reason)
    talking.abort(new Error('done'))
    expect(await earlier).toMatchObject({ message: 'done' })
    expect((await collect(session, chunksOf(second))).at(-1)).toMatchObject({ type: 'final' })
  })

  test('lets everything go when the consumer leaves the loop', async () => {
    await using session = current().transcriber.openSession()
    for await (const event of session.transcribe(new Talk(first).audio(), NEVER)) {
      expect(event.type).toBe('partial')
      break
    }
    await expectNoOpenCalls(current())
    expect((await collect(session, chunksOf(second))).at(-1)).toMatchObject({ type: 'final' })
  })

  test('passes on what goes wrong with the audio', async () => {
    await using session = current().transcriber.openSession()
    const reason = new Error('the microphone is gone')
    async function* broken(): AsyncGenerator<Int16Array, void> {
      yield* chunksOf(first)
      throw reason
    }
    await expect(collect(session, broken())).rejects.toBe(reason)
    expect((await collect(session, chunksOf(second))).at(-1)).toMatchObject({ type: 'final' })
  })
}

function describeInputs(current: () => TranscriberHarness): void {
  test.each([
    ['no audio', []],
    ['empty chunks', [new Int16Array(), new Int16Array()]],
    ['a single sample', [new Int16Array(1)]],
    ['3 s of silence', [silence(3000)]],
  ])('hears no words in %s', async (_, chunks) => {
    await using session = current().transcriber.openSession()
    expect(await collect(session, streamOf(chunks))).toEqual([{ type: 'final', text: '' }])
  })

  test('hears the same however the audio is cut into chunks', async () => {
    const { transcriber } = current()
    const whole = await textIn(transcriber, first)
    expect(await textIn(transcriber, first, 97)).toBe(whole)
    expect(await textIn(transcriber, first, first.length)).toBe(whole)
  })

  test('takes more than a minute of speech at once', async () => {
    await using session = current().transcriber.openSession()
    const turns = Math.ceil((65 * 16_000) / first.length)
    const events = await collect(session, streamOf(Array.from({ length: turns }, () => first)))
    expect(events.filter(({ type }) => type === 'final')).toHaveLength(1)
    expect(events.at(-1)?.text).not.toBe('')
  })
}

function describeFailing({ faults }: TranscriberSubject): void {
  for (const fault of faults) {
    test(`${fault.name} is reported as ${fault.code}`, async () => {
      await using harness = await fault.open()
      await using session = harness.transcriber.openSession()
      const error = await failureOf(collect(session, chunksOf(first)))
      expect(error).toBeInstanceOf(AppError)
      expect(error).toMatchObject({ code: fault.code })
      await expectNoOpenCalls(harness)
    })
  }
}

function describeDisposal(subject: TranscriberSubject): void {
  test('ends the utterance of a session that is disposed of, and of no other', async () => {
    await using harness = await subject.open()
    const closing = harness.transcriber.openSession()
    await using other = harness.transcriber.openSession()
    const ended = failureOf(collect(closing, endless(first)))
    const goesOn = collect(other, chunksOf(second))
    await pause(50)
    await closing[Symbol.asyncDispose]()
    expect(await ended).toBeInstanceOf(AppError)
    expect((await goesOn).at(-1)).toMatchObject({ type: 'final' })
    await expectNoOpenCalls(harness)
  })

  test('ends all utterances when the engine is disposed of, takes no more, and leaves nothing behind', async () => {
    const harness = await subject.open()
    const { transcriber } = harness
    const session = transcriber.openSession()
    const cut = failureOf(collect(session, chunksOf(first)))
    await pause(10)
    await transcriber[Symbol.asyncDispose]()
    expect(await cut).toBeInstanceOf(AppError)
    const refused = failureOf(collect(transcriber.openSession(), chunksOf(second)))
    expect(await refused).toMatchObject({ code: 'engine_unavailable' })
    await session[Symbol.asyncDispose]()
    await expectNoOpenCalls(harness)
    expect(harness.livingChildren()).toBe(0)
    await harness[Symbol.asyncDispose]()
  })

  test('can be disposed of before it was used, and twice', async () => {
    const harness = await subject.open()
    const session = harness.transcriber.openSession()
    await session[Symbol.asyncDispose]()
    await session[Symbol.asyncDispose]()
    await harness.transcriber[Symbol.asyncDispose]()
    await harness.transcriber[Symbol.asyncDispose]()
    await harness[Symbol.asyncDispose]()
    expect(harness.livingChildren()).toBe(0)
  })
}

async function collect(
  session: TranscriptionSession,
  audio: AsyncIterable<Int16Array>,
  signal: AbortSignal = NEVER,
): Promise<TranscriptEvent[]> {
  const events: TranscriptEvent[] = []
  for await (const event of session.transcribe(audio, signal)) events.push(event)
  return events
}

/** The final text in a session of its own. */
async function textIn(transcriber: Transcriber, speech: Int16Array, chunkSamples = 320): Promise<string> {
  await using session = transcriber.openSession()
  const events = await collect(session, chunksOf(speech, chunkSamples))
  return events.at(-1)?.text ?? ''
}

/** As fast as it is taken, in views of one buffer, with a turn of the event loop now and then. */
async function* chunksOf(speech: Int16Array, chunkSamples = 320): AsyncGenerator<Int16Array, void> {
  for (let at = 0; at < speech.length; at += chunkSamples) {
    yield speech.subarray(at, at + chunkSamples)
    if (at % (chunkSamples * 50) === 0) await pause(0)
  }
}

/** Speech, and then silence until the test says that it is the end. */
class Talk {
  readonly #speech: Int16Array
  #isOver = false

  constructor(speech: Int16Array) {
    this.#speech = speech
  }

  async *audio(): AsyncGenerator<Int16Array, void> {
    yield* chunksOf(this.#speech)
    while (!this.#isOver) {
      await pause(20)
      yield silence(20)
    }
  }

  end(): void {
    this.#isOver = true
  }
}

/** The speech, and then nothing for ever. */
async function* endless(speech: Int16Array): AsyncGenerator<Int16Array, void> {
  yield* chunksOf(speech)
  await new Promise(() => {})
}

async function* streamOf(chunks: readonly Int16Array[]): AsyncGenerator<Int16Array, void> {
  await pause(0)
  yield* chunks
}

function pause<Value>(durationMs: number, value?: Value): Promise<Value | undefined> {
  return new Promise((resolve) => {
    setTimeout(resolve, durationMs, value)
  })
}

async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise
  } catch (error) {
    return error
  }
  throw new Error('It was expected to fail')
}

async function expectNoOpenCalls(harness: TranscriberHarness): Promise<void> {
  await vi.waitFor(() => expect(harness.openCalls()).toBe(0))
}
