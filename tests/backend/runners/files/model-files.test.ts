import { mkdir, mkdtemp, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ModelFiles } from '../../../../backend/runners/files/model-files.ts'
import { type GgufField, writeGguf } from '../../../support/gguf-writer.ts'

const NEVER = new AbortController().signal

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'troupe-models-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

function model(name: string, elements = 8, fields: Record<string, GgufField> = {}): Buffer {
  return writeGguf({
    fields: {
      'general.architecture': { type: 'string', value: 'llama' },
      'general.name': { type: 'string', value: name },
      'llama.context_length': { type: 'uint32', value: 4_096 },
      ...fields,
    },
    tensors: [{ name: 'w', dimensions: [elements], values: new Float32Array(elements) }],
  })
}

async function put(path: string, bytes: Uint8Array): Promise<string> {
  const whole = join(folder, path)
  await mkdir(dirname(whole), { recursive: true })
  await writeFile(whole, bytes)
  return whole
}

describe('models on the disk', () => {
  test('are found in folders of folders, with what their headers say', async () => {
    const path = await put('meta/llama/small.gguf', model('Small', 24))
    await put('meta/llama/readme.md', Buffer.from('hello'))
    await put('meta/llama/half.gguf.part', Buffer.from('GGUF'))
    const [found, ...others] = await new ModelFiles([folder]).list(NEVER)
    expect(others).toEqual([])
    expect(found).toMatchObject({
      path,
      name: 'Small',
      architecture: 'llama',
      quantization: 'F32',
      parameter_count: 24,
      context_length: 4_096,
    })
    expect(found?.digest).toMatch(/^[0-9a-f]{64}$/u)
  })

  test('that cannot be read say why, and the others are listed', async () => {
    await put('a.gguf', Buffer.from('<html>'))
    await put('b.gguf', model('B').subarray(0, 50))
    await put('c.gguf', model('C'))
    const models = await new ModelFiles([folder]).list(NEVER)
    expect(models.map(({ error }) => error)).toEqual([
      expect.stringContaining('web page'),
      expect.stringContaining('not whole'),
      undefined,
    ])
  })

  test('in several files are one, as large as all of them', async () => {
    await put('big-00001-of-00002.gguf', model('Big', 100))
    await put('big-00002-of-00002.gguf', model('', 60))
    const [big, ...others] = await new ModelFiles([folder]).list(NEVER)
    expect(others).toEqual([])
    expect(big).toMatchObject({ name: 'Big', parameter_count: 160 })
    expect(big?.path).toMatch(/00001-of-00002\.gguf$/u)
  })

  test('whose files are not all there say which are missing', async () => {
    await put('big-00002-of-00003.gguf', model('Big'))
    const models = await new ModelFiles([folder]).list(NEVER)
    expect(models).toHaveLength(1)
    expect(models[0]?.error).toContain('big-00001-of-00003.gguf, big-00003-of-00003.gguf')
  })

  test('name the projector beside them, which is no model itself', async () => {
    await put('see/model.gguf', model('Seeing'))
    const projector = await put(
      'see/mmproj.gguf',
      model('P', 8, { 'general.architecture': { type: 'string', value: 'clip' } }),
    )
    await put('blind/model.gguf', model('Blind'))
    const models = await new ModelFiles([folder]).list(NEVER)
    expect(models.map(({ name, projector_path: path }) => [name, path])).toEqual([
      ['Blind', undefined],
      ['Seeing', projector],
    ])
  })

  test('are listed once, even where links lead to them, or in circles', async () => {
    const path = await put('blobs/abc.gguf', model('One'))
    await mkdir(join(folder, 'snapshots'))
    await symlink(path, join(folder, 'snapshots', 'one.gguf'))
    await symlink(folder, join(folder, 'snapshots', 'round'))
    await symlink(join(folder, 'nowhere'), join(folder, 'dead.gguf'))
    expect(await new ModelFiles([folder, folder]).list(NEVER)).toHaveLength(1)
  })

  test('are read again when they have changed, and forgotten when they are gone', async () => {
    const files = new ModelFiles([folder])
    const path = await put('a.gguf', model('Before'))
    await utimes(path, 1, 1)
    expect((await files.list(NEVER))[0]?.name).toBe('Before')
    await put('a.gguf', model('Behind'))
    await utimes(path, 1, 1)
    expect((await files.list(NEVER))[0]?.name).toBe('Before')
    await utimes(path, 2, 2)
    expect((await files.list(NEVER))[0]?.name).toBe('Behind')
    await rm(path)
    expect(await files.list(NEVER)).toEqual([])
  })

  test('have digests that differ when they differ, and are the same elsewhere', async () => {
    await put('a.gguf', model('One'))
    await put('b/a.gguf', model('One'))
    await put('c.gguf', model('Two'))
    const [first, second, third] = await new ModelFiles([folder]).list(NEVER)
    expect(first?.digest).toBe(second?.digest)
    expect(third?.digest).not.toBe(first?.digest)
  })

  test('take room, which is told', async () => {
    const bytes = model('One')
    await put('a.gguf', bytes)
    const files = new ModelFiles([folder])
    await files.list(NEVER)
    const { usedBytes, freeBytes } = await files.disk()
    expect(usedBytes).toBe(bytes.length)
    expect(freeBytes).toBeGreaterThan(0)
  })

  test('are none where no folder is', async () => {
    expect(await new ModelFiles([join(folder, 'none')]).list(NEVER)).toEqual([])
  })
})
