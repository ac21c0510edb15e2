import { describe, expect, test } from 'vitest'
import { type LanguageModel, type ReplyEvent, type ReplyRequest } from '../../backend/engines/contracts.ts'
import { AppError } from '../../backend/errors.ts'
import { type ErrorCode } from '#shared/errors.ts'

/** One engine under test, its replies long enough to be cancelled in the middle. */
export interface LanguageModelHarness extends AsyncDisposable {
  readonly model: LanguageModel
  /** Replies in flight, as the other end of the engine sees them (or the engine counts them). */
  openCalls(): number
}

export interface LanguageModelSubject {
  readonly name: string
  /** A fresh engine. It paces its words so that a reply takes between 50 ms and 5 s. */
  readonly open: () => Promise<LanguageModelHarness>
  /** Faults this engine can have: how to cause one before the next reply, and what it must be mapped to. */
  readonly faults: readonly LanguageModelFault[]
}

interface LanguageModelFault {
  readonly name: string
  readonly code: ErrorCode
  readonly open: () => Promise<LanguageModelHarness>
}

const NEVER = new AbortController().signal

/** What every language model must do, whatever is behind it. */
export function describeLanguageModel(subject: LanguageModelSubject): void {
  describe(`${subject.name} as a language model`, () => {
    describeStreaming(subject)
    describeCancelling(subject)
    describeInputs(subject)
    describeFailing(subject)
    describeModels(subject)
  })
}

function describeStreaming({ open }: LanguageModelSubject): void {
  test('streams text in several deltas, then exactly one finish, then ends', async () => {
    await using harness = await open()
    const events = await collect(harness.model, chatOf('hello'))
    const texts = events.filter((event) => event.type === 'text')
    expect(texts.length).toBeGreaterThan(2)
    expect(texts.every((event) => event.text !== '')).toBe(true)
    expect(events.filter((event) => event.type === 'finish')).toHaveLength(1)
    expect(events.at(-1)?.type).toBe('finish')
    await expectNoOpenCalls(harness)
  })

  test('serves overlapping replies without mixing or delaying them', async () => {
    await using harness = await open()
    const alone = textOf(await collect(harness.model, chatOf('hello')))
    const together = await Promise.all(
      Array.from({ length: 8 }, async () => textOf(await collect(harness.model, chatOf('hello')))),
    )
    expect(new Set(together)).toEqual(new Set([alone]))
    await expectNoOpenCalls(harness)
  })

  test('says what it is', async () => {
    await using harness = await open()
    expect(harness.model.status()).toMatchObject({ name: harness.model.name, ready: true })
  })
}

function describeCancelling({ open }: LanguageModelSubject): void {
  test('rejects with the reason within 50 ms when it is cancelled in the middle', async () => {
    await using harness = await open()
    const controller = new AbortController()
    const reason = new Error('the user spoke')
    let abortedAtMs = 0
    const events: ReplyEvent[] = []
    const reading = (async () => {
      for await (const event of harness.model.streamReply(chatOf('hello'), controller.signal)) {
        events.push(event)
        if (events.length !== 2) continue
        setTimeout(() => {
          abortedAtMs = performance.now()
          controller.abort(reason)
        }, 1)
      }
    })()
    await expect(reading).rejects.toBe(reason)
    expect(performance.now() - abortedAtMs).toBeLessThan(50)
    expect(events.every((event) => event.type !== 'finish')).toBe(true)
    await expectNoOpenCalls(harness)
  })

  test('rejects at once when it was cancelled before', async () => {
    await using harness = await open()
    const reason = new Error('too late')
    await expect(collect(harness.model, chatOf('hello'), AbortSignal.abort(reason))).rejects.toBe(reason)
    await expectNoOpenCalls(harness)
  })

  test('lets everything go when the consumer leaves the loop', async () => {
    await using harness = await open()
    for await (const event of harness.model.streamReply(chatOf('hello'), NEVER)) {
      expect(event.type).toBe('text')
      break
    }
    await expectNoOpenCalls(harness)
  })

  test('goes on serving the others when one is cancelled', async () => {
    await using harness = await open()
    const controller = new AbortController()
    const cancelled = collect(harness.model, chatOf('hello'), controller.signal)
    const other = collect(harness.model, chatOf('hello'))
    setTimeout(() => controller.abort(new Error('stop')), 20)
    await expect(cancelled).rejects.toThrow('stop')
    expect((await other).at(-1)?.type).toBe('finish')
  })
}

function describeInputs({ open }: LanguageModelSubject): void {
  test('answers when nothing has been said yet', async () => {
    await using harness = await open()
    const events = await collect(harness.model, { ...chatOf(''), messages: [] })
    expect(events.at(-1)?.type).toBe('finish')
  })

  test('takes 200 kB of text', async () => {
    await using harness = await open()
    const events = await collect(
      harness.model,
      chatOf('what is the meaning of this, my dear friend? '.repeat(4_500)),
    )
    expect(events.at(-1)?.type).toBe('finish')
  })
}

function describeModels({ open }: LanguageModelSubject): void {
  test('knows at once what a prompt has to know of its model', async () => {
    await using harness = await open()
    const profile = harness.model.profile()
    expect(profile.contextTokens).toBeGreaterThan(0)
    expect(['free', 'merged', 'one_system', 'strict', 'no_system']).toContain(profile.roles)
    expect(harness.model.profile('some other')).toMatchObject({ isLanguageModel: profile.isLanguageModel })
  })

  test('lists its models, the one that answers among them', async () => {
    await using harness = await open()
    const models = await harness.model.listModels(NEVER)
    expect(models.map(({ id }) => id)).toContain(harness.model.profile().id)
    await expectNoOpenCalls(harness)
  })

  test('tells with every reply which model it came from', async () => {
    await using harness = await open()
    const events = await collect(harness.model, chatOf('hello'))
    const { id } = harness.model.profile()
    expect(events.at(-1)).toMatchObject({ report: { model: id, failedModels: [], attempts: 1 } })
  })

  test('bears tools and stop texts, whether it knows what to do with them or not', async () => {
    await using harness = await open()
    const tool = { name: 'roll_dice', description: 'Rolls dice.', parameters: { type: 'object' } }
    const events = await collect(harness.model, { ...chatOf('hello'), tools: [tool], stops: ['Bob:'] })
    expect(events.at(-1)?.type).toBe('finish')
  })
}

function describeFailing({ open, faults }: LanguageModelSubject): void {
  for (const fault of faults) {
    test(`${fault.name} is reported as ${fault.code}`, async () => {
      await using harness = await fault.open()
      const error = await failureOf(collect(harness.model, chatOf('hello')))
      expect(error).toMatchObject({ code: fault.code })
      await expectNoOpenCalls(harness)
    })
  }

  test('refuses further replies and drops those in flight when it is disposed', async () => {
    await using harness = await open()
    const inFlight = failureOf(
      collect(harness.model, chatOf('hello')).then(() => new AppError('engine_unavailable', 'was done')),
    )
    await new Promise((resolve) => setTimeout(resolve, 20))
    await harness.model[Symbol.asyncDispose]()
    expect((await inFlight).code).toBe('engine_unavailable')
    const after = await failureOf(collect(harness.model, chatOf('hello')))
    expect(after.code).toBe('engine_unavailable')
    expect(harness.model.status().ready).toBe(false)
    await expectNoOpenCalls(harness)
  })
}

export async function collect(
  model: LanguageModel,
  request: ReplyRequest,
  signal: AbortSignal = NEVER,
): Promise<ReplyEvent[]> {
  const events: ReplyEvent[] = []
  for await (const event of model.streamReply(request, signal)) events.push(event)
  return events
}

export function textOf(events: readonly ReplyEvent[]): string {
  return events.map((event) => (event.type === 'text' ? event.text : '')).join('')
}

/** The AppError a reply failed with. */
export async function failureOf(reply: Promise<unknown>): Promise<AppError> {
  const thrown: unknown = await reply.then(
    (value) => value,
    (error: unknown) => error,
  )
  if (thrown instanceof AppError) return thrown
  throw new Error('Expected an AppError', { cause: thrown })
}

/** A conversation in which the user has said one thing to a character nobody wrote a script for. */
export function chatOf(text: string): ReplyRequest {
  const speaker = { id: 'ada-001', name: 'Ada', personality: 'Patient and exact.', firstMessage: 'Hello.' }
  return {
    messages: [
      { role: 'system', content: 'You are Ada.' },
      { role: 'user', content: text },
    ],
    settings: {},
    scene: {
      speaker,
      cast: [speaker],
      history: text === '' ? [] : [{ speaker: 'user', name: 'User', text }],
    },
  }
}

async function expectNoOpenCalls(harness: LanguageModelHarness): Promise<void> {
  await expect.poll(() => harness.openCalls(), { timeout: 2_000, interval: 2 }).toBe(0)
}
