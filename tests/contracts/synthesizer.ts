import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { type ErrorCode } from '#shared/errors.ts'
import { type SpeechChunk, type SpeechRequest, type Synthesizer } from '../../backend/engines/contracts.ts'
import { AppError } from '../../backend/errors.ts'

/** One engine under test. */
export interface SynthesizerHarness extends AsyncDisposable {
  readonly synthesizer: Synthesizer
  /** Calls that are still open, as the other end of the engine sees them or the engine counts them. */
  openCalls(): number
}

export interface SynthesizerSubject {
  readonly name: string
  /** A fresh engine. It speaks `LONG_TEXT` in several chunks. */
  open(): Promise<SynthesizerHarness>
  /** Faults this engine can have, and what each must be mapped to. */
  readonly faults: readonly SynthesizerFault[]
}

export interface SynthesizerFault {
  readonly name: string
  readonly code: ErrorCode
  open(): Promise<SynthesizerHarness>
}

const SHORT_TEXT = 'Well, I would say so.'

export const LONG_TEXT =
  'I would really like to hear your story about the old dragon, if you have the time and the patience to tell ' +
  'it properly; nobody else in this house ever does, and the evenings are long, and the fire is warm.'

const NEVER = new AbortController().signal

/** What every synthesizer must do, whatever is behind it. */
export function describeSynthesizer(subject: SynthesizerSubject): void {
  describe(`${subject.name} as a synthesizer`, () => {
    let harness: SynthesizerHarness
    beforeAll(async () => {
      harness = await subject.open()
      await collect(harness.synthesizer, SHORT_TEXT)
    })
    afterAll(() => harness[Symbol.asyncDispose]())

    describeStreaming(() => harness)
    describeCancelling(() => harness)
    describeInputs(() => harness)
    describeFailing(subject)
    describeDisposal(subject)
  })
}

function describeStreaming(current: () => SynthesizerHarness): void {
  test('streams a long text in several chunks of sound', async () => {
    const { synthesizer } = current()
    const chunks = await collect(synthesizer, LONG_TEXT)
    expect(chunks.length).toBeGreaterThan(1)
    expect(chunks.every(({ pcm }) => pcm.length > 0)).toBe(true)
    expect(chunks.some(({ pcm }) => pcm.some((sample) => sample !== 0))).toBe(true)
    await expectNoOpenCalls(current())
  })

  test('gives all words in order with rising times within the sound, or no times at all', async () => {
    const chunks = await collect(current().synthesizer, LONG_TEXT)
    const lists = chunks.flatMap(({ words }) => (words ? [words] : []))
    expect(lists.length > 0).toBe(chunks[0]?.words !== undefined)
    for (const words of lists) {
      expect(words.map(({ text }) => text)).toEqual(LONG_TEXT.split(' '))
      const times = words.flatMap(({ startSample, endSample }) => [startSample, endSample])
      expect(times).toEqual(times.toSorted((a, b) => a - b))
    }
    expect(lists.at(-1)?.at(-1)?.endSample ?? 0).toBeLessThanOrEqual(samplesIn(chunks))
  })

  test('serves overlapping calls without mixing them', async () => {
    const { synthesizer } = current()
    const texts = [SHORT_TEXT, LONG_TEXT, 'Good night.', 'Nobody knows.', SHORT_TEXT, 'One, two, three.']
    const together = await Promise.all(texts.map((text) => collect(synthesizer, text)))
    for (const [index, text] of texts.entries()) {
      expect(samplesIn(together[index] ?? [])).toBe(samplesIn(await collect(synthesizer, text)))
    }
    await expectNoOpenCalls(current())
  })

  test('says what it is and which voices it has', () => {
    const { synthesizer } = current()
    expect(synthesizer.status()).toMatchObject({ name: synthesizer.name, ready: true })
    expect(synthesizer.voices.length).toBeGreaterThan(0)
    expect(new Set(synthesizer.voices.map(({ id }) => id)).size).toBe(synthesizer.voices.length)
  })

  test('lists its voices, knows them from then on, and does not list them to those who left', async () => {
    const { synthesizer } = current()
    const listed = await synthesizer.listVoices(NEVER)
    expect(listed.length).toBeGreaterThan(0)
    expect(listed.every(({ id, name }) => id !== '' && name !== '')).toBe(true)
    expect(synthesizer.voices).toEqual(listed)
    const reason = new Error('the user left')
    expect(await failureOf(synthesizer.listVoices(AbortSignal.abort(reason)))).toBe(reason)
    await expectNoOpenCalls(current())
  })
}

function describeCancelling(current: () => SynthesizerHarness): void {
  test.each([0, 1])('rejects with the reason within 50 ms when cancelled after %i chunks', async (count) => {
    const { synthesizer } = current()
    const controller = new AbortController()
    const reason = new Error('the user spoke')
    const sound = synthesizer.synthesize(requestOf(LONG_TEXT), controller.signal)[Symbol.asyncIterator]()
    for (let taken = 0; taken < count; taken += 1) expect((await sound.next()).done).toBe(false)
    const failure = failureOf(drain(sound))
    await new Promise((resolve) => {
      setImmediate(resolve)
    })
    controller.abort(reason)
    // A race instead of a stopwatch: on a busy machine the timer is as late as everything else.
    const late = new Promise((resolve) => {
      setTimeout(resolve, 50, 'too late')
    })
    expect(await Promise.race([failure, late])).toBe(reason)
    expect(await sound.next()).toMatchObject({ done: true })
    await expectNoOpenCalls(current())
  })

  test('rejects with the reason when it was cancelled before', async () => {
    const reason = new Error('too late')
    await expect(collect(current().synthesizer, LONG_TEXT, AbortSignal.abort(reason))).rejects.toBe(reason)
    await expectNoOpenCalls(current())
  })

  test('lets everything go when the consumer leaves the loop', async () => {
    for await (const chunk of current().synthesizer.synthesize(requestOf(LONG_TEXT), NEVER)) {
      expect(chunk.pcm.length).toBeGreaterThan(0)
      break
    }
    await expectNoOpenCalls(current())
  })

  test('goes on serving the others when one is cancelled', async () => {
    const { synthesizer } = current()
    const controller = new AbortController()
    const cancelled = failureOf(collect(synthesizer, LONG_TEXT, controller.signal))
    const other = collect(synthesizer, SHORT_TEXT)
    setTimeout(() => controller.abort(new Error('stop')), 1)
    expect(await cancelled).toMatchObject({ message: 'stop' })
    expect(samplesIn(await other)).toBeGreaterThan(0)
  })
}

function describeInputs(current: () => SynthesizerHarness): void {
  test.each(['', ' \n\t ', '...', '— … !?', '😀 👍🏽', '" "'])('yields nothing for %j', async (text) => {
    expect(await collect(current().synthesizer, text)).toEqual([])
  })

  test.each([
    'It’s “fine” — really…',
    'Zoë’s café in Łódź, naïve façade',
    'emoji 😀 in the 👨‍👩‍👧 middle',
    'null \u0000 byte, bell \u0007, lone \uD800 surrogate',
    'right-to-left \u202E marks \u200B zero \uFEFF width',
    '-o /etc/passwd --help',
    '$5.50, 50%, 3:45 pm, 12/24, R&D, a@b.com, C++, #1',
    'ﬁve ①②③ 𝓗𝓮𝓵𝓵𝓸 ½',
    '中文 and Привет and العربية',
    `${'Z\u0300\u0301\u0302'.repeat(50)}algo`,
  ])('speaks %j', async (text) => {
    const chunks = await collect(current().synthesizer, text)
    expect(samplesIn(chunks)).toBeGreaterThan(0)
    const words = chunks.findLast((chunk) => chunk.words)?.words
    expect(words?.map((word) => word.text) ?? []).toEqual(words ? text.split(/\s+/u) : [])
  })

  test('speaks in its first voice when it does not know the one asked for', async () => {
    const request = { text: SHORT_TEXT, voice: { engine_voice: 'nobody' } }
    let samples = 0
    for await (const { pcm } of current().synthesizer.synthesize(request, NEVER)) samples += pcm.length
    expect(samples).toBeGreaterThan(0)
  })

  test.each([
    ['sentences', 'I never said that, did I? '.repeat(4_000)],
    ['one word', 'abcdefgh'.repeat(12_500)],
    ['digits', '1234567890'.repeat(10_000)],
    ['commas', 'a,'.repeat(50_000)],
  ])('starts to speak 100 kB of %s and can be left', async (_, text) => {
    for await (const { pcm } of current().synthesizer.synthesize(requestOf(text), NEVER)) {
      expect(pcm.length).toBeGreaterThan(0)
      break
    }
    await expectNoOpenCalls(current())
  })

  test('finds nothing to pronounce in 100 kB of emoji', async () => {
    expect(await collect(current().synthesizer, '😀 '.repeat(20_000))).toEqual([])
  })
}

function describeFailing({ faults }: SynthesizerSubject): void {
  for (const fault of faults) {
    test(`${fault.name} is reported as ${fault.code}`, async () => {
      await using harness = await fault.open()
      const error = await failureOf(collect(harness.synthesizer, LONG_TEXT))
      expect(error).toBeInstanceOf(AppError)
      expect(error).toMatchObject({ code: fault.code })
      expect(String(error)).not.toContain('dragon')
      await expectNoOpenCalls(harness)
    })
  }
}

function describeDisposal(subject: SynthesizerSubject): void {
  test('ends open calls when it is disposed of, takes no more, and leaves nothing behind', async () => {
    const before = activeResources()
    const harness = await subject.open()
    const { synthesizer } = harness
    const sound = synthesizer.synthesize(requestOf(LONG_TEXT), NEVER)[Symbol.asyncIterator]()
    await sound.next()
    const other = failureOf(collect(synthesizer, LONG_TEXT))
    await synthesizer[Symbol.asyncDispose]()
    expect(await other).toMatchObject({ code: 'engine_unavailable' })
    expect(await failureOf(collect(synthesizer, SHORT_TEXT))).toMatchObject({ code: 'engine_unavailable' })
    await sound.return?.()
    await expectNoOpenCalls(harness)
    await harness[Symbol.asyncDispose]()
    // Sockets of earlier tests may close in the meantime: nothing more than before is what counts.
    await vi.waitFor(() => expect(added(before, activeResources())).toEqual([]))
  })

  test('can be disposed of before it was used, and twice', async () => {
    const harness = await subject.open()
    await harness.synthesizer[Symbol.asyncDispose]()
    await harness.synthesizer[Symbol.asyncDispose]()
    await harness[Symbol.asyncDispose]()
    expect(harness.openCalls()).toBe(0)
  })
}

function requestOf(text: string): SpeechRequest {
  return { text, voice: {} }
}

/** What `after` has and `before` had not, each as often as it is more. */
function added(before: readonly string[], after: readonly string[]): string[] {
  const known = [...before]
  return after.filter((name) => {
    const place = known.indexOf(name)
    if (place >= 0) known.splice(place, 1)
    return place < 0
  })
}

async function collect(
  synthesizer: Synthesizer,
  text: string,
  signal: AbortSignal = NEVER,
): Promise<SpeechChunk[]> {
  const chunks: SpeechChunk[] = []
  for await (const chunk of synthesizer.synthesize(requestOf(text), signal)) chunks.push(chunk)
  return chunks
}

function samplesIn(chunks: readonly SpeechChunk[]): number {
  return chunks.reduce((sum, { pcm }) => sum + pcm.length, 0)
}

async function drain(sound: AsyncIterator<SpeechChunk>): Promise<void> {
  while (!(await sound.next()).done);
}

async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise
  } catch (error) {
    return error
  }
  throw new Error('It was expected to fail')
}

async function expectNoOpenCalls(harness: SynthesizerHarness): Promise<void> {
  await vi.waitFor(() => expect(harness.openCalls()).toBe(0))
}

/** What keeps a process alive and could be ours: threads, sockets, servers, children. */
function activeResources(): string[] {
  const OURS = /Message|Worker|TCP|Process|GetAddrInfo/
  return process
    .getActiveResourcesInfo()
    .filter((name) => OURS.test(name))
    .toSorted()
}
