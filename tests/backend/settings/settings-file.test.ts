import { mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { SettingsFile, withChanges } from '../../../backend/settings/settings-file.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'troupe-settings-'))
})
afterEach(async () => rm(folder, { recursive: true }))

const changed = (file: object, changes: Record<string, unknown>): unknown =>
  JSON.parse(withChanges(JSON.stringify(file), changes))

describe('withChanges()', () => {
  it('keeps what it does not know, and takes away what is undefined', () => {
    const file = { $schema: './troupe.config.schema.json', port: 1, llm_model: 'old', from_the_future: [1] }
    expect(changed(file, { llm_model: undefined, llm_base_url: 'http://a/v1' })).toEqual({
      $schema: './troupe.config.schema.json',
      port: 1,
      from_the_future: [1],
      llm_base_url: 'http://a/v1',
    })
  })

  it('writes into the group if the file has one, so that nothing stands twice', () => {
    const file = { llm: { engine: 'auto', base_url: 'http://a/v1' }, stt_model: 'x' }
    expect(changed(file, { llm: 'openai', llm_base_url: 'http://b/v1', llm_model: 'm' })).toEqual({
      llm: { engine: 'openai', base_url: 'http://b/v1', model: 'm' },
      stt_model: 'x',
    })
  })

  it('leaves a broken file to whoever broke it', () => {
    expect(() => withChanges('{ "port": ', { llm: 'auto' })).toThrow(/mend it by hand/)
    expect(() => withChanges('[]', { llm: 'auto' })).toThrow(/mend it by hand/)
  })
})

describe('SettingsFile', () => {
  it('is empty where there is none, and is made with its folder', async () => {
    const file = new SettingsFile(join(folder, 'deep', 'troupe.config.json'))
    expect(await file.read()).toBe('{}')
    await file.write('{ "port": 1 }')
    expect(await file.read()).toBe('{ "port": 1 }')
    expect((await stat(file.path)).mode & 0o777).toBe(0o600)
    expect(await readdir(join(folder, 'deep'))).toEqual(['troupe.config.json'])
  })

  it('stays a link if it is one', async () => {
    await writeFile(join(folder, 'real.json'), '{}')
    await symlink(join(folder, 'real.json'), join(folder, 'troupe.config.json'))
    await new SettingsFile(join(folder, 'troupe.config.json')).write('{ "port": 2 }')
    expect(await readFile(join(folder, 'real.json'), 'utf8')).toBe('{ "port": 2 }')
  })

  it('says what to do where it cannot be written, and leaves nothing behind', async () => {
    await writeFile(join(folder, 'file'), '')
    const file = new SettingsFile(join(folder, 'file', 'troupe.config.json'))
    await expect(file.write('{}')).rejects.toMatchObject({
      code: 'storage_failed',
      message: expect.stringContaining('permissions'),
    })
    expect(await readdir(folder)).toEqual(['file'])
  })
})
