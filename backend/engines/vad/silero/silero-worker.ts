import { parentPort, workerData } from 'node:worker_threads'
import { VAD_WINDOW_SAMPLES } from '../../contracts.ts'
import { type FromWorker, type JudgeBatch } from './messages.ts'
import { roundsOf } from './rounds.ts'
import { SileroModel } from './silero-model.ts'

/** The thread of the model. An error anywhere ends it; the detector starts another. */

if (!parentPort) throw new Error('Cannot judge: not started as a worker')
const port = parentPort
const model = await SileroModel.load(String(workerData))

port.on('message', (batch: JudgeBatch) => void judge(batch))
post({ type: 'ready' })

async function judge(batch: JudgeBatch): Promise<void> {
  const probabilities = new Float32Array(batch.streams.length)
  for (const round of roundsOf(batch.streams)) {
    const judged = await model.judge(
      round.map((row) => batch.streams[row] ?? 0),
      round.map((row) => windowOf(batch.samples, row)),
    )
    for (const [index, row] of round.entries()) probabilities[row] = judged[index] ?? 0
  }
  for (const stream of batch.closed) model.close(stream)
  post({ type: 'judged', probabilities }, [probabilities.buffer])
}

function windowOf(samples: Int16Array, row: number): Int16Array {
  return samples.subarray(row * VAD_WINDOW_SAMPLES, (row + 1) * VAD_WINDOW_SAMPLES)
}

function post(message: FromWorker, transfer: readonly ArrayBuffer[] = []): void {
  port.postMessage(message, transfer)
}
