import { expect, test } from 'vitest'
import { VAD_WINDOW_SAMPLES, type VadStream } from '../../../../backend/engines/contracts.ts'
import { GatedStream } from '../../../../backend/engines/vad/gated-stream.ts'

/** Notes the first sample of each window it judges. */
class NotingStream implements VadStream {
  readonly judged: number[] = []
  probability = 0.02

  async speechProbability(window: Int16Array): Promise<number> {
    this.judged.push(window[0] ?? 0)
    return this.probability
  }

  reset(): void {
    this.judged.push(Number.NaN)
  }

  [Symbol.dispose](): void {
    this.judged.push(Infinity)
  }
}

/** A window that is silent but for a mark too faint to hear. */
function quiet(mark: number): Int16Array {
  const window = new Int16Array(VAD_WINDOW_SAMPLES)
  window[0] = mark
  return window
}

function loud(mark: number): Int16Array {
  return quiet(mark).map((sample, index) => (index === 0 ? sample : index % 2 === 0 ? 3000 : -3000))
}

async function closedStream(): Promise<{ stream: GatedStream; inner: NotingStream }> {
  const inner = new NotingStream()
  const stream = new GatedStream(inner)
  for (let count = 0; count < 32; count++) await stream.speechProbability(quiet(0))
  inner.judged.length = 0
  return { stream, inner }
}

test('GatedStream answers for skipped windows with the last judgement', async () => {
  const { stream, inner } = await closedStream()
  expect(await stream.speechProbability(quiet(1))).toBe(0.02)
  expect(inner.judged).toEqual([])
})

test('GatedStream lets the model hear the window before the one that opens the gate', async () => {
  const { stream, inner } = await closedStream()
  inner.probability = 0.9
  await stream.speechProbability(quiet(1))
  await stream.speechProbability(quiet(2))
  expect(await stream.speechProbability(loud(3))).toBe(0.9)
  await stream.speechProbability(quiet(4))
  expect(inner.judged).toEqual([2, 3, 4])
})

test('GatedStream opens its gate when it is reset', async () => {
  const { stream, inner } = await closedStream()
  await stream.speechProbability(quiet(1))
  stream.reset()
  await stream.speechProbability(quiet(2))
  expect(inner.judged).toEqual([Number.NaN, 2])
})

test('GatedStream closes the stream behind it', async () => {
  const { stream, inner } = await closedStream()
  stream[Symbol.dispose]()
  expect(inner.judged).toEqual([Infinity])
})

test('GatedStream takes no notice of a failure in a window heard only for its context', async () => {
  const { stream, inner } = await closedStream()
  await stream.speechProbability(quiet(1))
  const judge = inner.speechProbability.bind(inner)
  inner.speechProbability = async (window) => {
    if (window[0] === 1) throw new Error('Failed')
    return await judge(window)
  }
  expect(await stream.speechProbability(loud(2))).toBe(0.02)
})
