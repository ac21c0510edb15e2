import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { z } from 'zod'
import { type Gpu } from '#shared/entities.ts'
import { type Clock } from '../../lib/clock.ts'

const run = promisify(execFile)

/** To be found in the path, where there is a card of that maker. */
const PROGRAM = 'nvidia-smi'
const QUERY = ['--query-gpu=index,name,memory.total,memory.used', '--format=csv,noheader,nounits']
const FRESH_MS = 4_000
const ANSWER_MS = 5_000
const MIB = 1024 * 1024

const Mib = z.coerce.number().int().min(0)
const Columns = z.tuple([z.coerce.number().int().min(0), z.string().min(1), Mib, Mib])

export interface GpuMemoryOptions {
  readonly environment: Readonly<NodeJS.ProcessEnv>
  readonly clock: Clock
}

/** How full the graphics cards are. Asking takes a process, so it is only asked while somebody looks. */
export class GpuMemory {
  readonly #options: GpuMemoryOptions
  #gpus: readonly Gpu[] = []
  #askedAtMs = -Infinity
  #isThere = true

  constructor(options: GpuMemoryOptions) {
    this.#options = options
  }

  /** As told last, and none where nobody can be asked; asks anew if that is long ago. */
  current(): readonly Gpu[] {
    const nowMs = this.#options.clock.nowMs()
    if (this.#isThere && nowMs - this.#askedAtMs > FRESH_MS) {
      this.#askedAtMs = nowMs
      void this.#ask()
    }
    return this.#gpus
  }

  async #ask(): Promise<void> {
    const { environment: env } = this.#options
    try {
      const { stdout } = await run(PROGRAM, QUERY, { env, timeout: ANSWER_MS, windowsHide: true })
      this.#gpus = gpusIn(stdout)
    } catch (error) {
      this.#gpus = []
      this.#isThere = !(error instanceof Error && 'code' in error && error.code === 'ENOENT')
    }
  }
}

/** One card a line; one that does not tell its memory is passed over. */
function gpusIn(csv: string): readonly Gpu[] {
  return csv.split('\n').flatMap((line) => {
    const columns = Columns.safeParse(line.split(', ').map((column) => column.trim()))
    if (!columns.success) return []
    const [index, name, totalMib, usedMib] = columns.data
    return [{ index, name, memory_bytes: totalMib * MIB, memory_used_bytes: usedMib * MIB }]
  })
}
