import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ConversationDraft } from '#shared/entities.ts'
import { openData } from '../../../backend/backup/open-data.ts'
import { CliStage } from '../../support/cli-stage.ts'
import { troupe } from '../../support/troupe-command.ts'
import { tickingClock } from '../store/support.ts'

const stage = new CliStage()
const CHAT =
  '{"name":"Ren","is_user":true,"mes":"Hi!"}\r\n{"name":"Nora","is_user":false,"mes":"Good evening.","mood":1.0}'

describe('troupe sessions import', () => {
  test('takes chats in, once, and gives them back as they were', async () => {
    await stage.serve()
    await writeFile(stage.file('Nora.jsonl'), CHAT)
    await writeFile(stage.file('broken.jsonl'), 'no chat')
    const { code, out, err } = await stage.run([
      'sessions',
      'import',
      stage.file('Nora.jsonl'),
      stage.file('broken.jsonl'),
    ])
    expect(code).toBe(1)
    expect(err).toContain('Imported "Nora" from Nora.jsonl')
    expect(err).toContain('Cannot import broken.jsonl: It is no chat')
    const id = out.trim()
    const again = await stage.run(['sessions', 'import', stage.file('Nora.jsonl')])
    expect(again).toMatchObject({ code: 0, out: `${id}\n`, err: expect.stringContaining('imported before') })
    expect((await stage.run(['sessions', 'export', id, '-f', 'sillytavern'])).out).toBe(CHAT)
    await stage.run(['sessions', 'export', id, '-f', 'sillytavern', '-o', stage.file('out.jsonl')])
    expect(await readFile(stage.file('out.jsonl'), 'utf8')).toBe(CHAT)
    expect((await stage.run(['sessions', 'show', id])).out).toContain('Nora: Good evening.')
  })

  test('says which file is not there', async () => {
    await stage.serve()
    const { code, err } = await stage.run(['sessions', 'import', stage.file('gone.jsonl')])
    expect([code, err]).toEqual([1, expect.stringContaining('gone.jsonl')])
  })
})

const offline = (args: readonly string[]) =>
  troupe(['--data-dir', stage.file('data'), ...args], { env: { XDG_STATE_HOME: stage.folder } })
const titles = async (): Promise<string[]> => {
  const store = await openData(stage.file('data'), { clock: tickingClock(), onNotice: () => {} })
  const listed = await store.conversations.list({})
  await store[Symbol.asyncDispose]()
  return listed.map(({ title }) => title)
}
const add = async (title: string): Promise<void> => {
  const store = await openData(stage.file('data'), { clock: tickingClock(), onNotice: () => {} })
  await store.conversations.create(ConversationDraft.parse({ title }))
  await store[Symbol.asyncDispose]()
}

describe('troupe backup and restore', () => {
  test('work on a data directory that no server uses, even if its database is broken', async () => {
    await mkdir(stage.file('data'))
    await add('First')
    const written = await offline(['backup', stage.folder])
    expect(written.code).toBe(0)
    const file = written.out.trim()
    expect(file).toMatch(/troupe-backup-\d{4}-\d\d-\d\d\.zip$/)
    await add('Second')
    await writeFile(join(stage.file('data'), 'troupe.db'), 'broken')
    const restored = await offline(['restore', file])
    expect(restored).toMatchObject({ code: 0, err: expect.stringContaining('Restored the backup of') })
    expect(await titles()).toContain('First')
    expect(await titles()).not.toContain('Second')
    const [kept] = (await readdir(stage.file('data'))).filter((name) => name.startsWith('before-restore-'))
    expect(await readFile(join(stage.file('data'), kept ?? '', 'troupe.db'), 'utf8')).toBe('broken')
  })

  test('say what is wrong with a file, and leave the data alone', async () => {
    await mkdir(stage.file('data'))
    await add('First')
    await writeFile(stage.file('no.zip'), 'no backup')
    const { code, err } = await offline(['restore', stage.file('no.zip')])
    expect([code, err]).toEqual([1, expect.stringContaining('no backup of Troupe')])
    expect(await titles()).toEqual(['First'])
    expect(await offline(['restore', stage.file('gone.zip')])).toMatchObject({
      code: 1,
      err: expect.stringContaining('no such file'),
    })
  })

  test('hand the file to the server that runs', async () => {
    await mkdir(stage.file('data'))
    await stage.serve({
      config: { data_dir: stage.file('data') },
      file: join(stage.file('data'), 'troupe.db'),
    })
    await stage.run(['backup', stage.file('all.zip')])
    const { code, err } = await stage.run(['restore', stage.file('all.zip')])
    expect([code, err]).toEqual([0, expect.stringContaining('when the server has been restarted')])
  })
})
