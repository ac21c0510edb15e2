import { describe, expect, test } from 'vitest'
import { readOptions } from '../../../../backend/api/ollama/options.ts'

describe('Options of a request', () => {
  test('become settings under the names that Troupe has for them', () => {
    const { settings, stops, extra } = readOptions({
      temperature: 0.3,
      top_p: 0.9,
      min_p: 0.05,
      top_k: 40,
      repeat_penalty: 1.1,
      presence_penalty: 0.2,
      frequency_penalty: -0.2,
      num_predict: 128,
      seed: 42,
      stop: ['\n', ''],
      typical_p: 0.7,
    })
    expect(settings).toEqual({
      temperature: 0.3,
      top_p: 0.9,
      min_p: 0.05,
      top_k: 40,
      repetition_penalty: 1.1,
      presence_penalty: 0.2,
      frequency_penalty: -0.2,
      max_tokens: 128,
      seed: 42,
    })
    expect(stops).toEqual(['\n'])
    expect(extra).toEqual({ typical_p: 0.7 })
  })

  test('that ask for no limit or for another seed each time set nothing', () => {
    expect(readOptions({ num_predict: -1, seed: -1 }).settings).toEqual({})
    expect(readOptions({ num_predict: -2 }).settings).toEqual({})
  })

  test('beyond what can be set are set as far as they can be', () => {
    expect(readOptions({ top_k: 5_000, temperature: 9, top_p: 1.5, top_k_: 1 }).settings).toEqual({
      top_k: 1_000,
      temperature: 5,
      top_p: 1,
    })
  })

  test('that are null count as not given, those that nobody knows are named', () => {
    const { settings, ignored } = readOptions({ temperature: null, num_ctx: 4_096, mirostat: 1 })
    expect(settings).toEqual({})
    expect(ignored).toEqual(['num_ctx', 'mirostat'])
  })

  test.each([
    [{ temperature: 'hot' }, 'option "temperature" must be of type float32'],
    [{ seed: '42' }, 'option "seed" must be of type integer'],
    [{ num_ctx: true }, 'option "num_ctx" must be of type integer'],
    [{ use_mmap: 1 }, 'option "use_mmap" must be of type boolean'],
    [{ stop: '\n' }, 'option "stop" must be of type array'],
    [{ stop: [1] }, 'option "stop" must be of an array of strings'],
  ])('of a wrong type are refused in the words of Ollama: %j', (options, message) => {
    expect(() => readOptions(options)).toThrow(message)
  })
})
