import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { cpus, loadavg } from 'node:os'
import { z } from 'zod'

const ROOT = new URL('../../', import.meta.url)
const PACKAGES = ['fastify', 'ws', 'better-sqlite3', 'drizzle-orm', 'onnxruntime-node', 'tsx']

/** What the figures depend on. */
export interface Machine {
  readonly date: string
  readonly commit: string
  readonly cpu: string
  readonly cores: number
  /** Of the last minute, when the bench began. */
  readonly load: number
  readonly node: string
  readonly packages: Readonly<Record<string, string>>
}

export function thisMachine(): Machine {
  return {
    date: new Date().toISOString(),
    commit: commit(),
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    load: Math.round((loadavg()[0] ?? 0) * 100) / 100,
    node: process.version,
    packages: Object.fromEntries(PACKAGES.map((name) => [name, versionOf(name)])),
  }
}

export function describe(machine: Machine): string {
  const packages = Object.entries(machine.packages).map(([name, version]) => `${name} ${version}`)
  return [
    `${machine.date}, commit ${machine.commit}`,
    `${machine.cpu}, ${machine.cores} cores, load ${machine.load} at the start`,
    `Node ${machine.node}, ${packages.join(', ')}`,
  ].join('\n')
}

/** With a plus where files differ from it. */
function commit(): string {
  try {
    const git = (...args: string[]): string =>
      execFileSync('git', args, { cwd: ROOT, encoding: 'utf8' }).trim()
    const isChanged = git('status', '--porcelain', '--untracked-files=no') !== ''
    return `${git('rev-parse', '--short', 'HEAD')}${isChanged ? '+' : ''}`
  } catch {
    return 'unknown'
  }
}

function versionOf(name: string): string {
  const text = readFileSync(new URL(`node_modules/${name}/package.json`, ROOT), 'utf8')
  return z.object({ version: z.string() }).parse(JSON.parse(text)).version
}
