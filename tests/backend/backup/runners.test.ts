import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openData } from '../../../backend/backup/open-data.ts'
import { runnersWithKeysOf, runnersWithoutKeys } from '../../../backend/backup/runners-without-keys.ts'
import { startTestApp } from '../../support/test-app.ts'
import { temporaryFolder, tickingClock } from '../store/support.ts'

const FILE = {
  memory_mib: 1_000,
  runtimes: { llama: { command: 'llama-server', env: { HF_TOKEN: 'hf_secret', CUDA_VISIBLE_DEVICES: '0' } } },
  runners: [
    { kind: 'llama', id: 'nova', model: 'nova.gguf', env: { OPENAI_API_KEY: 'sk-nova' } },
    { kind: 'llama', id: 'luna', model: 'luna.gguf', env: { TOKENIZERS_PARALLELISM: 'false' } },
  ],
}

describe('runners in a backup', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>
  let dataDir: string
  beforeEach(async () => {
    folder = await temporaryFolder()
    dataDir = join(folder.path, 'data')
    await mkdir(dataDir)
  })
  afterEach(async () => folder[Symbol.asyncDispose]())

  const path = (): string => join(dataDir, 'runners.json')
  const app = () => startTestApp({ config: { data_dir: dataDir }, file: join(dataDir, 'troupe.db') })

  async function backup(): Promise<Buffer<ArrayBuffer>> {
    await using running = await app()
    return Buffer.from(await (await fetch(`${running.url}/api/backup`)).arrayBuffer())
  }

  async function restore(zip: Buffer<ArrayBuffer>): Promise<void> {
    {
      await using running = await app()
      const headers = { 'content-type': 'application/zip' }
      const answer = await fetch(`${running.url}/api/restore`, { method: 'POST', headers, body: zip })
      expect(answer.status).toBe(200)
    }
    const store = await openData(dataDir, { clock: tickingClock(), onNotice: () => {} })
    await store[Symbol.asyncDispose]()
  }

  it('are there again, and so are the keys that are known here; what was there is kept', async () => {
    await writeFile(path(), JSON.stringify(FILE))
    const zip = await backup()
    const present = { runners: [{ ...FILE.runners[0], env: { OPENAI_API_KEY: 'sk-new', OTHER: '1' } }] }
    await writeFile(path(), JSON.stringify(present))
    await restore(zip)
    expect(JSON.parse(await readFile(path(), 'utf8'))).toEqual({
      ...FILE,
      runtimes: { llama: { command: 'llama-server', env: { CUDA_VISIBLE_DEVICES: '0' } } },
      runners: [{ ...FILE.runners[0], env: { OPENAI_API_KEY: 'sk-new' } }, FILE.runners[1]],
    })
    const kept = (await readdir(dataDir)).find((name) => name.startsWith('before-restore-')) ?? ''
    expect(JSON.parse(await readFile(join(dataDir, kept, 'runners.json'), 'utf8'))).toEqual(present)
  })

  it('are there on a machine that had none, without their keys', async () => {
    await writeFile(path(), JSON.stringify(FILE))
    const zip = await backup()
    await rm(path())
    await restore(zip)
    const text = await readFile(path(), 'utf8')
    expect(text).toContain('"luna"')
    expect(text).not.toMatch(/sk-nova|hf_secret/u)
  })

  it('stay as they are if the backup has none', async () => {
    const zip = await backup()
    await writeFile(path(), JSON.stringify(FILE))
    await restore(zip)
    expect(JSON.parse(await readFile(path(), 'utf8'))).toEqual(FILE)
  })

  it('that cannot be read are left out, as nobody knows what of them are keys', () => {
    for (const text of ['', '[]', '{ oops', '{ "runners": [{ "id": "a", "env": "KEY=1" }] }']) {
      expect(runnersWithoutKeys(text)).toBeUndefined()
    }
  })

  it('are as they were written where there is nothing to hide', () => {
    const text = '{\n   "runners": [ { "id": "a", "env": {} } ]  }'
    expect(runnersWithoutKeys(text)).toBe(text)
    expect(runnersWithKeysOf(text, undefined)).toBe(text)
    expect(runnersWithKeysOf(text, '{ oops')).toBe(text)
    const older = '{ "models": { "secret": { "model_path": "x.gguf" } } }'
    expect(runnersWithoutKeys(older)).toBe(older)
  })
})
