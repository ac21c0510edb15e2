import { InferenceSession, Tensor } from 'onnxruntime-node'
import { expect, test } from 'vitest'
import { VAD_WINDOW_SAMPLES } from '../../../../../backend/engines/contracts.ts'
import { SileroModel, sileroModelPath } from '../../../../../backend/engines/vad/silero/silero-model.ts'
import { spoken } from '../../../../support/speech.ts'

const CONTEXT_SAMPLES = 64

/** The probabilities of a whole recording, by the book: one row, each window with the 64 samples before it. */
async function reference(audio: Int16Array): Promise<number[]> {
  const session = await InferenceSession.create(sileroModelPath())
  const padded = Float32Array.from({ length: CONTEXT_SAMPLES + audio.length }, (_, index) =>
    index < CONTEXT_SAMPLES ? 0 : (audio[index - CONTEXT_SAMPLES] ?? 0) / 32_768,
  )
  let state = new Tensor('float32', new Float32Array(256), [2, 1, 128])
  const probabilities: number[] = []
  for (let start = 0; start + VAD_WINDOW_SAMPLES <= audio.length; start += VAD_WINDOW_SAMPLES) {
    const input = padded.slice(start, start + CONTEXT_SAMPLES + VAD_WINDOW_SAMPLES)
    const { output, stateN } = await session.run({
      input: new Tensor('float32', input, [1, input.length]),
      state,
      sr: new Tensor('int64', BigInt64Array.of(16_000n), []),
    })
    if (!(stateN instanceof Tensor)) throw new TypeError('No state')
    state = new Tensor('float32', Float32Array.from(stateN.data, Number), [2, 1, 128])
    probabilities.push(Number(output?.data[0]))
  }
  return probabilities
}

test('SileroModel judges every window together with the end of the one before it', async () => {
  const audio = (await spoken('What did you see at the harbour?')).subarray(0, 20_000)
  const model = await SileroModel.load(sileroModelPath())
  const probabilities: number[] = []
  for (let start = 0; start + VAD_WINDOW_SAMPLES <= audio.length; start += VAD_WINDOW_SAMPLES) {
    const [probability] = await model.judge([1], [audio.subarray(start, start + VAD_WINDOW_SAMPLES)])
    probabilities.push(probability ?? Number.NaN)
  }
  expect(probabilities).toEqual(await reference(audio))
})

test('SileroModel begins afresh with a stream that was closed', async () => {
  const window = (await spoken('Yes.')).slice(0, VAD_WINDOW_SAMPLES)
  const model = await SileroModel.load(sileroModelPath())
  const first = await model.judge([1], [window])
  expect(await model.judge([1], [window])).not.toEqual(first)
  model.close(1)
  expect(await model.judge([1], [window])).toEqual(first)
})
