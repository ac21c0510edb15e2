import { parentPort, workerData } from 'node:worker_threads'
import { FliteCommand } from './flite-command.ts'
import { speakPiece, type PieceRequest } from './speak-piece.ts'
import { type WorkerAnswer } from './worker-pool.ts'

/** One thread of the engine: a piece comes in, its speech goes out. */

const command = new FliteCommand(workerData)

parentPort?.on('message', (request: PieceRequest) => {
  try {
    const value = speakPiece(command, request)
    parentPort?.postMessage({ value } satisfies WorkerAnswer, [value.samples.buffer])
  } catch (error) {
    parentPort?.postMessage({ fault: String(error) } satisfies WorkerAnswer)
  }
  command.prepare()
})
