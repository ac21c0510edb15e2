import { InferenceSession, Tensor } from 'onnxruntime-node'
import { sileroModelPath } from '../../../backend/engines/vad/silero/silero-model.ts'

/** A window and the end of the one before. */
const ROW_SAMPLES = 576
const STATE_LAYERS = 2
const STATE_SIZE = 128
const SAMPLE_RATE = 16_000n

/** The floor of voice activity: the network alone, on this thread, with its input lying ready. */
export class RawSilero {
  readonly #session: InferenceSession
  readonly #sampleRate = new Tensor('int64', BigInt64Array.of(SAMPLE_RATE), [])

  private constructor(session: InferenceSession) {
    this.#session = session
  }

  static async load(): Promise<RawSilero> {
    const options = { intraOpNumThreads: 1, interOpNumThreads: 1, logSeverityLevel: 3 } as const
    return new RawSilero(await InferenceSession.create(sileroModelPath(), options))
  }

  /** @returns CPU µs per row. */
  async cpuPerWindow(rows: number, windows: number): Promise<number> {
    const samples = Float32Array.from({ length: rows * ROW_SAMPLES }, (_, index) => Math.sin(index / 7) / 4)
    const input = new Tensor('float32', samples, [rows, ROW_SAMPLES])
    const state = new Tensor('float32', new Float32Array(STATE_LAYERS * rows * STATE_SIZE), [
      STATE_LAYERS,
      rows,
      STATE_SIZE,
    ])
    const before = process.cpuUsage()
    for (let window = 0; window < windows; window++) {
      await this.#session.run({ input, state, sr: this.#sampleRate })
    }
    const { user, system } = process.cpuUsage(before)
    return (user + system) / windows / rows
  }
}
