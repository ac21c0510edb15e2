import { type ChildProcess, spawn } from 'node:child_process'
import { rm, writeFile } from 'node:fs/promises'
import { randomUUID } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { encodeWav } from '../lib/wav.ts'
import { type SoundProgram } from './sound-devices.ts'

/** One stretch of sound on its way to the loudspeaker. */
export interface SoundPlayer {
  write(pcm: Int16Array): void
  /** No more comes; what there is is played to its end. */
  end(): void
  /** Falls silent now. */
  kill(): void
  /** Resolves when the program has ended: whether it could play. One that was killed could. */
  readonly ended: Promise<boolean>
}

export function playSound(program: SoundProgram, sampleRate: number): SoundPlayer {
  return program.takes === 'stream' ? playStream(program, sampleRate) : playFile(program, sampleRate)
}

function playStream({ path, args }: SoundProgram, sampleRate: number): SoundPlayer {
  const child = spawn(path, [...args(sampleRate)], { stdio: ['pipe', 'ignore', 'ignore'] })
  child.stdin.on('error', () => {}) // It has ended; how, its exit code says.
  let isKilled = false
  return {
    write: (pcm) => void child.stdin.write(Buffer.from(pcm.buffer, pcm.byteOffset, pcm.byteLength)),
    end: () => void child.stdin.end(),
    kill: () => {
      isKilled = true
      child.kill('SIGKILL')
    },
    ended: endOf(child).then((isPlayed) => isPlayed || isKilled),
  }
}

/** Plays when everything is there. */
function playFile({ path, args }: SoundProgram, sampleRate: number): SoundPlayer {
  const parts: Int16Array[] = []
  const stopped = new AbortController()
  let end!: () => void
  const isComplete = new Promise<void>((resolve) => (end = resolve))
  const play = async (): Promise<boolean> => {
    await isComplete
    if (stopped.signal.aborted) return true
    const file = join(tmpdir(), `troupe-${randomUUID()}.wav`)
    try {
      await writeFile(file, encodeWav({ sampleRate, samples: joined(parts) }), { mode: 0o600 })
      const child = spawn(path, [...args(sampleRate), file], { stdio: 'ignore', killSignal: 'SIGKILL' })
      stopped.signal.addEventListener('abort', () => child.kill('SIGKILL'), { once: true })
      return (await endOf(child)) || stopped.signal.aborted
    } catch {
      return false
    } finally {
      await rm(file, { force: true })
    }
  }
  return {
    write: (pcm) => void parts.push(pcm),
    end,
    kill: () => {
      stopped.abort()
      end()
    },
    ended: play(),
  }
}

function endOf(child: ChildProcess): Promise<boolean> {
  return new Promise((resolve) => {
    child.once('error', () => resolve(false))
    child.once('close', (code) => resolve(code === 0))
  })
}

function joined(parts: readonly Int16Array[]): Int16Array {
  const all = new Int16Array(parts.reduce((sum, part) => sum + part.length, 0))
  let offset = 0
  for (const part of parts) {
    all.set(part, offset)
    offset += part.length
  }
  return all
}
