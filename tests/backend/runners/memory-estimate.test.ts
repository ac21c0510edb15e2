import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { FakeClock } from '../../fakes/fake-clock.ts'
import { FakeLauncher } from '../../fakes/fake-launcher.ts'
import { FakeRunnerSettings, managedRunners } from '../../support/managed-runners.ts'

const PARTS = ['big-00001-of-00002.gguf', 'big-00002-of-00002.gguf']
const FILE_BYTES = 1_000

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'troupe-sizes-'))
  const names = [...PARTS, 'small.gguf', 'eye.gguf', 'style.gguf']
  await Promise.all(names.map((name) => writeFile(join(folder, name), Buffer.alloc(FILE_BYTES))))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

it.each([
  ['of a model in two parts, both', { model: PARTS[0] }, 2],
  ['a draft model and adapters, too', { model: 'small.gguf', draft_model: 'eye.gguf', lora: ['style.gguf'] }, 3],
  ['a projector, too', { model: 'small.gguf', mmproj: 'eye.gguf' }, 2],
  ['nothing of a file that is not there', { model: 'small.gguf', lora: ['none.gguf'] }, 1],
])('the memory that a runner takes is estimated by its files: %s', async (_what, files, count) => {
  const inFolder = (value: unknown): unknown =>
    Array.isArray(value) ? value.map(inFolder) : join(folder, String(value))
  const whole = Object.fromEntries(Object.entries(files).map(([key, value]) => [key, inFolder(value)]))
  const clock = new FakeClock()
  const settings = new FakeRunnerSettings({ runners: [{ kind: 'llama', id: 'nova', ...whole }] })
  await using runners = managedRunners({ settings, launcher: new FakeLauncher(clock), clock, seesFiles: true })
  await expect.poll(() => runners.find('nova')?.memory_budget_bytes).toBe(Math.ceil(count * FILE_BYTES * 1.1))
})
