import { expect, test } from 'vitest'
import { AppError } from '../../../backend/errors.ts'
import { transcribeUtterance, type UtteranceTranscript } from '../../../backend/pipeline/transcribe.ts'
import { FakeClock, settled } from '../../fakes/fake-clock.ts'
import { FakeTranscriber, type FakeTranscript } from '../../fakes/fake-transcriber.ts'

const NEVER = new AbortController().signal
const FRAME = new Int16Array(3200).fill(500)

/** One utterance of so many partial texts, on a fake clock. */
function listen(transcript: FakeTranscript, options: { chunks?: number; signal?: AbortSignal } = {}) {
  const clock = new FakeClock()
  const transcriber = new FakeTranscriber({ clock }, transcript)
  const session = transcriber.openSession()
  const heard: UtteranceTranscript[] = []
  const audio = framesOf(options.chunks ?? transcript.partials?.length ?? 5)
  const events = transcribeUtterance({ session, clock, finalTimeoutMs: 1000 }, audio, options.signal ?? NEVER)
  const done = collectInto(heard, events)
  done.catch(() => {})
  return { clock, transcriber, session, heard, done }
}

async function* framesOf(count: number): AsyncGenerator<Int16Array, void> {
  for (let index = 0; index < count; index += 1) {
    await settled(1)
    yield FRAME
  }
}

async function* endless(): AsyncGenerator<Int16Array, void> {
  yield FRAME
  await new Promise(() => {})
}

async function collectInto(
  heard: UtteranceTranscript[],
  events: AsyncIterable<UtteranceTranscript>,
): Promise<void> {
  for await (const event of events) heard.push(event)
}

test('transcribeUtterance() gives updates, a growing stable beginning and one final text', async () => {
  const { clock, heard, done } = listen({ text: 'a b c d e', finalMs: 30 })
  await clock.advance(30)
  await done
  expect(heard).toEqual([
    { type: 'update', text: 'a' },
    { type: 'update', text: 'a b' },
    { type: 'update', text: 'a b c' },
    { type: 'update', text: 'a b c d' },
    { type: 'stabilized', text: 'a' },
    { type: 'update', text: 'a b c d e' },
    { type: 'stabilized', text: 'a b' },
    { type: 'final', text: 'a b c d e', keepsStable: true },
  ])
  expect(clock.pendingTimers).toBe(0)
})

test('transcribeUtterance() says nothing about a partial text that is not new', async () => {
  const { clock, heard, done } = listen({ text: 'a b', partials: ['a', 'a', 'a b', 'a b'] })
  await clock.runUntilIdle()
  await done
  expect(heard.filter(({ type }) => type === 'update')).toEqual([
    { type: 'update', text: 'a' },
    { type: 'update', text: 'a b' },
  ])
})

test('transcribeUtterance() notices a final text that contradicts what was stable', async () => {
  const { clock, heard, done } = listen({ text: 'x y', partials: ['a b', 'a b c', 'a b c d'] })
  await clock.runUntilIdle()
  await done
  expect(heard.at(-1)).toEqual({ type: 'final', text: 'x y', keepsStable: false })
})

test('transcribeUtterance() gives an empty final text when no words were heard', async () => {
  const { clock, heard, done } = listen({ text: '' }, { chunks: 0 })
  await clock.runUntilIdle()
  await done
  expect(heard).toEqual([{ type: 'final', text: '', keepsStable: true }])
})

test('transcribeUtterance() gives up when the final text is late, counted from the end of speech', async () => {
  const { clock, transcriber, done } = listen({ text: 'a', ending: 'stall' })
  await clock.advance(999)
  expect(transcriber.openCalls).toBe(1)
  await clock.advance(1)
  await expect(done).rejects.toMatchObject({ code: 'engine_timeout' })
  expect(transcriber.openCalls).toBe(0)
  expect(clock.pendingTimers).toBe(0)
})

test('transcribeUtterance() gives up on an engine that does not even stop', async () => {
  const { clock, done } = listen({ text: 'a', ending: 'stall', ignoresAbort: true })
  await clock.advance(1000)
  await expect(done).rejects.toMatchObject({ code: 'engine_timeout' })
})

test('transcribeUtterance() does not limit how long somebody speaks', async () => {
  const clock = new FakeClock()
  const session = new FakeTranscriber({ clock }).openSession()
  const stop = new AbortController()
  const done = collectInto(
    [],
    transcribeUtterance({ session, clock, finalTimeoutMs: 1000 }, endless(), stop.signal),
  )
  done.catch(() => {})
  await clock.advance(60_000)
  const reason = new Error('hung up')
  stop.abort(reason)
  await expect(done).rejects.toBe(reason)
})

test('transcribeUtterance() times an engine that does not read on', async () => {
  const clock = new FakeClock()
  const deaf = {
    async *transcribe() {
      await new Promise(() => {})
      yield { type: 'final' as const, text: '' }
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }
  const options = { session: deaf, clock, finalTimeoutMs: 1000 }
  const done = collectInto([], transcribeUtterance(options, framesOf(3), NEVER))
  done.catch(() => {})
  await clock.advance(1000)
  await expect(done).rejects.toMatchObject({ code: 'engine_timeout' })
})

test('transcribeUtterance() passes on what the engine throws, and leaves nothing behind', async () => {
  const error = new AppError('engine_failed', 'It fails')
  const { clock, transcriber, done } = listen({ text: 'a', ending: error })
  await clock.runUntilIdle()
  await expect(done).rejects.toBe(error)
  expect(transcriber.openCalls).toBe(0)
  expect(clock.pendingTimers).toBe(0)
})

test('transcribeUtterance() throws the reason at once when it is aborted', async () => {
  const stop = new AbortController()
  const { clock, transcriber, done } = listen({ text: 'a', finalMs: 500 }, { signal: stop.signal })
  await clock.advance(100)
  const reason = new Error('hung up')
  stop.abort(reason)
  await expect(done).rejects.toBe(reason)
  await settled()
  expect(transcriber.openCalls).toBe(0)
  expect(clock.pendingTimers).toBe(0)
})

test('transcribeUtterance() fails when the engine ends without a final text', async () => {
  const clock = new FakeClock()
  const session = {
    async *transcribe() {
      await settled(1)
      yield { type: 'partial' as const, text: 'a' }
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }
  const done = collectInto(
    [],
    transcribeUtterance({ session, clock, finalTimeoutMs: 1000 }, framesOf(1), NEVER),
  )
  await expect(done).rejects.toMatchObject({ code: 'engine_failed' })
  await settled()
  expect(clock.pendingTimers).toBe(0)
})
