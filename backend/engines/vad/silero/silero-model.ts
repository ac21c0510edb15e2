import { createRequire } from 'node:module'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { VAD_WINDOW_SAMPLES } from '../../contracts.ts'

/** More rows cost only latency: the gain of batching is used up at about 16. */
export const MAX_BATCH_ROWS = 32

/** Silero v6 judges a window together with the end of the one before it; without that it hears nothing at all. */
const CONTEXT_SAMPLES = 64
const ROW_SAMPLES = CONTEXT_SAMPLES + VAD_WINDOW_SAMPLES
/** The recurrent state is [2, rows, 128]. */
const STATE_LAYERS = 2
const STATE_SIZE = 128
const SAMPLE_RATE = 16_000n
const PCM16_SCALE = 1 / 32_768

export function sileroModelPath(): string {
  return createRequire(import.meta.url).resolve('@ricky0123/vad-web/dist/silero_vad_v6.onnx')
}

interface StreamState {
  /** One part per layer. */
  readonly recurrent: readonly Float32Array[]
  readonly context: Float32Array
}

/** The network, and what it remembers of each stream. Its inference blocks the calling thread. */
export class SileroModel {
  readonly #session: InferenceSession
  readonly #streams = new Map<number, StreamState>()
  readonly #input = new Float32Array(MAX_BATCH_ROWS * ROW_SAMPLES)
  readonly #state = new Float32Array(STATE_LAYERS * MAX_BATCH_ROWS * STATE_SIZE)
  readonly #sampleRate = new Tensor('int64', BigInt64Array.of(SAMPLE_RATE), [])

  private constructor(session: InferenceSession) {
    this.#session = session
  }

  static async load(path: string): Promise<SileroModel> {
    // More threads would only spin: they double the CPU time and win nothing.
    return new SileroModel(
      await InferenceSession.create(path, {
        intraOpNumThreads: 1,
        interOpNumThreads: 1,
        logSeverityLevel: 3,
      }),
    )
  }

  /**
   * Judges one window of each stream in one inference; a stream not met before starts fresh.
   * @param streams at most `MAX_BATCH_ROWS`, all different.
   */
  async judge(streams: readonly number[], windows: readonly Int16Array[]): Promise<Float32Array> {
    const states = streams.map((stream) => this.#stateOf(stream))
    for (const [row, state] of states.entries()) {
      this.#fillRow(row, state, windows[row] ?? new Int16Array(VAD_WINDOW_SAMPLES))
      for (const [layer, part] of state.recurrent.entries()) {
        this.#state.set(part, (layer * states.length + row) * STATE_SIZE)
      }
    }
    const { output, stateN } = await this.#run(states.length)
    const after = floats(stateN)
    for (const [row, state] of states.entries()) {
      for (const [layer, part] of state.recurrent.entries()) {
        const start = (layer * states.length + row) * STATE_SIZE
        part.set(after.subarray(start, start + STATE_SIZE))
      }
    }
    return floats(output)
  }

  close(stream: number): void {
    this.#streams.delete(stream)
  }

  #stateOf(stream: number): StreamState {
    let state = this.#streams.get(stream)
    if (!state) {
      const recurrent = Array.from({ length: STATE_LAYERS }, () => new Float32Array(STATE_SIZE))
      state = { recurrent, context: new Float32Array(CONTEXT_SAMPLES) }
      this.#streams.set(stream, state)
    }
    return state
  }

  #fillRow(row: number, state: StreamState, window: Int16Array): void {
    const start = row * ROW_SAMPLES
    this.#input.set(state.context, start)
    let index = start + CONTEXT_SAMPLES
    for (const sample of window) this.#input[index++] = sample * PCM16_SCALE
    state.context.set(this.#input.subarray(index - CONTEXT_SAMPLES, index))
  }

  #run(rows: number): Promise<InferenceSession.OnnxValueMapType> {
    const input = this.#input.subarray(0, rows * ROW_SAMPLES)
    const state = this.#state.subarray(0, STATE_LAYERS * rows * STATE_SIZE)
    return this.#session.run({
      input: new Tensor('float32', input, [rows, ROW_SAMPLES]),
      state: new Tensor('float32', state, [STATE_LAYERS, rows, STATE_SIZE]),
      sr: this.#sampleRate,
    })
  }
}

function floats(value: unknown): Float32Array {
  if (value instanceof Tensor && value.data instanceof Float32Array) return value.data
  throw new TypeError('Cannot read the voice activity model: an output is not a float tensor')
}
