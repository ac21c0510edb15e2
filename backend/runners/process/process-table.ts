import { execFile } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { promisify } from 'node:util'

/** What the system tells of processes. */

export interface Marked {
  readonly pid: number
  /** A variable in its environment. */
  readonly name: string
  readonly value: string
}

const PAGE_LINE = /^VmRSS:\s+(\d+) kB$/mu
const run = promisify(execFile)

/**
 * All processes that carry the mark: the one it was given to, and what that one started. A number alone says
 * nothing, since numbers are given again.
 */
export async function membersOf(marked: Marked): Promise<number[]> {
  const entries = await readdir('/proc').catch(() => [])
  const pids = entries.filter((name) => /^\d+$/u.test(name)).map(Number)
  if (pids.length === 0) return (await isMarkedByPs(marked)) ? [marked.pid] : []
  const wanted = `${marked.name}=${marked.value}`
  const found = await Promise.all(
    pids.map(async (pid) => {
      const text = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '')
      return text.split('\0').includes(wanted) && !(await isZombie(pid)) ? [pid] : []
    }),
  )
  return found.flat()
}

/** Resident memory, its own pages and shared ones. Undefined where the system does not tell it, or it has ended. */
export async function residentBytes(pid: number): Promise<number | undefined> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  const kib = PAGE_LINE.exec(status)?.[1]
  return kib === undefined ? undefined : Number(kib) * 1024
}

/** Ended, but not yet taken notice of by who started it. */
async function isZombie(pid: number): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  return /^\s*[ZX]/u.test(stat.slice(stat.lastIndexOf(')') + 1))
}

/** Where there is no /proc: `ps` shows the environment behind the command. */
async function isMarkedByPs({ pid, name, value }: Marked): Promise<boolean> {
  try {
    const { stdout } = await run('ps', ['-E', '-ww', '-o', 'command=', '-p', String(pid)])
    return stdout.includes(`${name}=${value}`)
  } catch {
    return false
  }
}
