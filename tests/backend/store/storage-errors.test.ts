import { readFile } from 'node:fs/promises'
import BetterSqlite3 from 'better-sqlite3'
import { connectTo } from '../../../backend/store/sqlite/connection.ts'
import { expect, it } from 'vitest'
import { AppError } from '../../../backend/errors.ts'
import { attempt } from '../../../backend/store/sqlite/storage-errors.ts'

const failed = (code: string, sentence: RegExp): unknown =>
  expect.objectContaining({ code, message: expect.stringMatching(sentence) })

it('attempt() says that the disk is full', async () => {
  const sqlite = connectTo(':memory:')
  sqlite.exec('CREATE TABLE t (text)')
  sqlite.pragma('max_page_count = 3')
  const insert = sqlite.prepare('INSERT INTO t VALUES (?)')
  const writing = attempt('save the message', () => insert.run('x'.repeat(100_000)))
  await expect(writing).rejects.toEqual(
    failed('storage_failed', /^Cannot save the message: the disk is full; free/),
  )
  expect(await attempt('read', () => sqlite.prepare('SELECT count(*) FROM t').pluck().get())).toBe(0)
})

it('attempt() says that the database is read-only', async () => {
  const sqlite = connectTo(':memory:')
  sqlite.pragma('query_only = ON')
  const writing = attempt('save the voice', () => sqlite.exec('CREATE TABLE t (text)'))
  await expect(writing).rejects.toEqual(failed('storage_failed', /read-only; check the permissions/))
})

it('attempt() says that something exists already', async () => {
  const sqlite = connectTo(':memory:')
  sqlite.exec('CREATE TABLE t (text UNIQUE); INSERT INTO t VALUES (1)')
  const writing = attempt('save the message', () => sqlite.exec('INSERT INTO t VALUES (1)'))
  await expect(writing).rejects.toEqual(failed('conflict', /^Cannot save the message: it exists already$/))
})

it('attempt() explains a disk that fails, also behind another error', async () => {
  const cause = new BetterSqlite3.SqliteError('disk I/O error', 'SQLITE_IOERR_WRITE')
  const writing = attempt('save the message', () => {
    throw new Error('Failed query', { cause })
  })
  await expect(writing).rejects.toEqual(
    failed('storage_failed', /check that it is mounted, healthy and not full/),
  )
})

it('attempt() leaves alone what is explained already, and what is a defect', async () => {
  const explained = new AppError('not_found', 'Cannot find the voice "x"')
  for (const thrown of [
    explained,
    new TypeError('a defect'),
    new BetterSqlite3.SqliteError('x', 'SQLITE_ERROR'),
  ]) {
    const work = attempt('read the voice', () => {
      throw thrown
    })
    await expect(work).rejects.toBe(thrown)
  }
})

it('file operations that fail are no defects either', async () => {
  const missing = await readFile('/proc/nowhere/x').catch((error: unknown) => error)
  await expect(
    attempt('open', () => {
      throw Object.assign(new Error('no space', { cause: missing }), { code: 'ENOSPC', syscall: 'write' })
    }),
  ).rejects.toEqual(failed('storage_failed', /the disk is full/))
})
