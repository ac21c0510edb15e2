import { fork, type ChildProcess } from 'node:child_process'
import { createRequire } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { Worker, type WorkerOptions } from 'node:worker_threads'

/** Runs our own TypeScript files outside the main thread, wherever the parent was started from. */

const TSX = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href
const execArgv = ['--import', TSX]

export function startWorker(file: URL, options: WorkerOptions = {}): Worker {
  return new Worker(new URL('typescript-thread.mjs', import.meta.url), {
    ...options,
    argv: [file.href],
    execArgv: [],
  })
}

/** How one of our files is run as a program of its own: command and arguments. */
export function ownProgram(file: URL): readonly [string, ...string[]] {
  return [process.execPath, ...execArgv, fileURLToPath(file)]
}

/** A child with an IPC channel that carries typed arrays (`serialization: 'advanced'`). */
export function forkChild(file: URL, args: readonly string[] = []): ChildProcess {
  return fork(fileURLToPath(file), [...args], {
    execArgv,
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
}
