import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { GpuMemory } from '../../../backend/runners/process/gpu-memory.ts'
import { FakeClock } from '../../fakes/fake-clock.ts'

const MIB = 1024 * 1024

let folder: string
let clock: FakeClock
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'troupe-gpu-'))
  clock = new FakeClock()
})
afterEach(() => rm(folder, { recursive: true, force: true }))

/** As the driver's program would answer. */
async function driverSays(...lines: readonly string[]): Promise<void> {
  const path = join(folder, 'nvidia-smi')
  await writeFile(path, `#!/bin/sh\n${lines.map((line) => `echo '${line}'`).join('\n')}\n`)
  await chmod(path, 0o755)
}

function gpus(): GpuMemory {
  return new GpuMemory({ environment: { PATH: `${folder}:/usr/bin:/bin` }, clock })
}

describe('graphics cards', () => {
  it('are shown with their memory, and what of it is taken, as it changes', async () => {
    await driverSays('0, NVIDIA GeForce RTX 3090, 24576, 1024', '1, Tesla T4, 15360, 0')
    const memory = gpus()
    expect(memory.current()).toEqual([])
    await expect
      .poll(() => memory.current())
      .toEqual([
        {
          index: 0,
          name: 'NVIDIA GeForce RTX 3090',
          memory_bytes: 24_576 * MIB,
          memory_used_bytes: 1_024 * MIB,
        },
        { index: 1, name: 'Tesla T4', memory_bytes: 15_360 * MIB, memory_used_bytes: 0 },
      ])
    await driverSays('0, NVIDIA GeForce RTX 3090, 24576, 2048')
    await clock.advance(5_000)
    await expect.poll(() => memory.current()).toMatchObject([{ memory_used_bytes: 2_048 * MIB }])
  })

  it('that do not tell their memory are passed over, and failures are none of ours', async () => {
    await driverSays('0, GB10, [N/A], [N/A]', '1, Tesla T4, 15360, 1')
    const memory = gpus()
    memory.current()
    await expect.poll(() => memory.current()).toMatchObject([{ index: 1 }])
    await driverSays('NVIDIA-SMI has failed because it could not communicate with the driver')
    await clock.advance(5_000)
    await expect.poll(() => memory.current()).toEqual([])
  })
})
