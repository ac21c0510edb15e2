import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type ToolUse } from '#shared/entities.ts'
import { findIn, type Found, readText } from '../../../backend/tools/folder-access.ts'
import { call, NEVER, toolBox } from './support.ts'

let base: string
let folder: string

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'troupe-tools-'))
  folder = join(base, 'open')
  mkdirSync(join(folder, 'recipes'), { recursive: true })
  writeFileSync(join(folder, 'recipes', 'soup.md'), 'Boil water.')
  writeFileSync(join(folder, 'cast.json'), '{ "lead": "Iris" }')
  writeFileSync(join(base, 'secret.txt'), 'the secret')
  mkdirSync(join(base, 'open-too'))
  writeFileSync(join(base, 'open-too', 'secret.txt'), 'the secret')
})

afterEach(() => rmSync(base, { recursive: true }))

function read(path: string, more: { part?: number; folders?: string[] } = {}): Promise<ToolUse> {
  const { folders = [folder], ...args } = more
  return call('read_file', { path, ...args }, { box: toolBox({ tools_folder: folders }) })
}

test('read_file reads text and JSON below its folder', async () => {
  expect(await read('recipes/soup.md')).toMatchObject({ result: 'Boil water.', is_error: false })
  expect(await read('./recipes//soup.md')).toMatchObject({ result: 'Boil water.', is_error: false })
  expect(await read('cast.json')).toMatchObject({ result: '{ "lead": "Iris" }', is_error: false })
})

test('read_file lists what there is, without what is hidden', async () => {
  writeFileSync(join(folder, '.env'), 'KEY=1')
  expect(await read('')).toMatchObject({ result: 'In the folder:\ncast.json\nrecipes/' })
  expect(await read('recipes')).toMatchObject({ result: 'In recipes:\nsoup.md' })
  mkdirSync(join(folder, 'empty'))
  expect(await read('empty')).toMatchObject({ result: 'There is nothing in empty', is_error: false })
})

test('read_file looks into all its folders, even if one of them is gone', async () => {
  const folders = [join(base, 'gone'), folder, join(base, 'open-too')]
  expect((await read('secret.txt', { folders })).result).toBe('the secret')
  expect((await read('', { folders })).result).toBe('In the folder:\ncast.json\nrecipes/\nsecret.txt')
})

test('read_file reads a long file part by part, without loss', async () => {
  const lines = Array.from({ length: 900 }, (_, index) => `line ${index} of a long story`)
  writeFileSync(join(folder, 'story.txt'), lines.join('\r\n'))
  const parts: string[] = []
  for (let part = 1; part <= 4; part++) parts.push((await read('story.txt', { part })).result)
  expect(parts[0]).toContain('[part 1 of 4; ask for part 2 to read on]')
  expect(parts[3]).toMatch(/\[part 4 of 4\]$/)
  expect(parts.flatMap((text) => text.split('\n').filter((line) => line.startsWith('line')))).toEqual(lines)
  expect((await read('story.txt', { part: 99 })).result).toBe(parts[3])
})

test.each([
  ['../secret.txt', 'leads out'],
  ['recipes/../../secret.txt', 'leads out'],
  ['recipes\\..\\..\\secret.txt', 'leads out'],
  ['../open-too/secret.txt', 'leads out'],
  ['..', 'leads out'],
  ['/etc/passwd', 'absolute path'],
  ['C:\\Windows\\win.ini', 'absolute path'],
  ['c:win.ini', 'absolute path'],
  ['\\\\server\\share\\file', 'absolute path'],
  ['cast.json\0.txt', 'no zero characters'],
  ['.env', 'hidden'],
  ['recipes/.git/config', 'hidden'],
  ['missing.txt', 'There is no file'],
  ['cast.json/x', 'There is no file'],
  ['x'.repeat(900), 'There is no file'],
  ['%2e%2e/secret.txt', 'There is no file'],
])('read_file refuses %j', async (path, sentence) => {
  const use = await read(path)
  expect(use).toMatchObject({ is_error: true, result: expect.stringContaining(sentence) })
  expect(use.result).not.toContain('the secret')
})

test('read_file follows a link that stays inside, and refuses one that leads out', async () => {
  writeFileSync(join(folder, '.env'), 'the secret')
  symlinkSync(join(folder, 'recipes'), join(folder, 'cooking'))
  symlinkSync(join(base, 'secret.txt'), join(folder, 'link.txt'))
  symlinkSync(base, join(folder, 'up'))
  symlinkSync('.env', join(folder, 'settings.txt'))
  symlinkSync('loop', join(folder, 'loop'))
  expect((await read('cooking/soup.md')).result).toBe('Boil water.')
  expect((await read('link.txt')).result).toContain('leads out')
  expect((await read('up/secret.txt')).result).toContain('leads out')
  expect((await read('up')).result).toContain('leads out')
  expect((await read('settings.txt')).result).toContain('hidden')
  expect((await read('loop')).result).toContain('There is no file')
})

test('read_file notices when a file is exchanged between looking and opening', async () => {
  const look = async (): Promise<Found> => {
    const found = await findIn(folder, 'recipes/soup.md')
    if (!found) throw new Error('The file is not there')
    return found
  }
  const asFile = await look()
  writeFileSync(join(base, 'other'), 'the secret')
  renameSync(join(base, 'other'), asFile.path)
  await expect(readText(asFile, NEVER)).rejects.toThrow('exchanged')

  const asFolder = await look()
  renameSync(join(folder, 'recipes'), join(base, 'moved'))
  symlinkSync(join(base, 'moved'), join(folder, 'recipes'))
  await expect(readText(asFolder, NEVER)).rejects.toThrow('exchanged')

  rmSync(join(folder, 'recipes'))
  renameSync(join(base, 'moved'), join(folder, 'recipes'))
  const asLink = await look()
  rmSync(asLink.path)
  symlinkSync(join(base, 'secret.txt'), asLink.path)
  await expect(readText(asLink, NEVER)).rejects.toThrow('may not be read')
})

test('read_file does not wait for a pipe and does not read devices', async () => {
  execFileSync('mkfifo', [join(folder, 'pipe')])
  symlinkSync('/dev/zero', join(folder, 'zero'))
  expect((await read('pipe')).result).toContain('neither a file nor a folder')
  expect((await read('zero')).result).toContain('leads out')
  expect((await read('zero', { folders: ['/dev'] })).is_error).toBe(true)
  expect((await read('null', { folders: ['/dev'] })).result).toContain('neither a file nor a folder')
})

test.each([
  ['a picture', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 1]), 'not UTF-8 text'],
  ['another encoding', Buffer.from('Gr\xFC\xDFe', 'latin1'), 'not UTF-8 text'],
  ['a large file', Buffer.alloc(1_000_001, 'a'), 'larger than 1000 kB'],
])('read_file does not read %s', async (_kind, bytes, sentence) => {
  writeFileSync(join(folder, 'file'), bytes)
  expect(await read('file')).toMatchObject({ is_error: true, result: expect.stringContaining(sentence) })
})

test('read_file says that a file is empty', async () => {
  writeFileSync(join(folder, 'nothing'), '')
  expect(await read('nothing')).toMatchObject({ result: 'nothing is empty', is_error: false })
})
