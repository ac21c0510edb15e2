import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { type Clock, sleep } from '../../lib/clock.ts'
import { membersOf } from './process-table.ts'
import { signalGroup } from './signal-group.ts'

/** Of what a server that was killed has left running. */
const Left = z.object({ pid: z.number().int().min(2), mark: z.string().min(8) })
type Left = z.infer<typeof Left>

/** In the environment of every runner, and of whatever it starts: tells ours from others that got the same number. */
export const MARK = 'TROUPE_RUNNER'

const GRACE_MS = 3_000
const POLL_MS = 50

/** Which processes are running, for the next start of the server: this one may be killed before it can stop them. */
export class PidFiles {
  readonly #folder: string

  constructor(folder: string) {
    this.#folder = folder
  }

  async write(left: Left): Promise<void> {
    await mkdir(this.#folder, { recursive: true })
    await writeFile(this.#path(left), JSON.stringify(left), { mode: 0o600 })
  }

  async remove(left: Left): Promise<void> {
    await rm(this.#path(left), { force: true })
  }

  /** Ends what an earlier server has left. @returns how many processes there were. */
  async reap(clock: Clock, signal: AbortSignal): Promise<number> {
    const left = await this.#read()
    const counts = await Promise.all(
      left.map(async (one) => {
        const count = await endLeft(one, clock, signal)
        await this.remove(one)
        return count
      }),
    )
    return counts.reduce((sum, count) => sum + count, 0)
  }

  async #read(): Promise<Left[]> {
    const names = await readdir(this.#folder).catch(() => [])
    const files = names.filter((name) => name.endsWith('.json'))
    const read = await Promise.all(
      files.map(async (name) => {
        const text = await readFile(join(this.#folder, name), 'utf8').catch(() => '')
        const left = Left.safeParse(parsed(text))
        if (!left.success) await rm(join(this.#folder, name), { force: true })
        return left.success ? [left.data] : []
      }),
    )
    return read.flat()
  }

  #path({ pid, mark }: Left): string {
    return join(this.#folder, `${pid}-${mark.slice(0, 8)}.json`)
  }
}

/** Asked first, ended then; only processes that carry its mark. */
async function endLeft({ pid, mark }: Left, clock: Clock, signal: AbortSignal): Promise<number> {
  const wanted = { pid, name: MARK, value: mark }
  const found = await membersOf(wanted)
  if (found.length === 0) return 0
  for (const member of found) signalProcess(member, 'SIGTERM')
  const endMs = clock.nowMs() + GRACE_MS
  while (clock.nowMs() < endMs && (await membersOf(wanted)).length > 0) await sleep(clock, POLL_MS, signal)
  for (const member of await membersOf(wanted)) {
    signalProcess(member, 'SIGKILL')
    if (member === pid) signalGroup(pid, 'SIGKILL')
  }
  return found.length
}

function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch {
    // It has ended meanwhile.
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
