import { existsSync } from 'node:fs'
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { Download, DownloadsAnswer, ModelFiles } from '#shared/entities.ts'
import { type FileServer, serves, startFileServer } from '../../../support/file-server.ts'
import { writeGguf } from '../../../support/gguf-writer.ts'
import { type RunnersApp, runnersApp } from '../../../support/runners-app.ts'

const FILES = '/api/models/files'

function gguf(architecture = 'llama', elements = 8): Buffer {
  return writeGguf({
    fields: { 'general.architecture': { type: 'string', value: architecture } },
    tensors: [{ name: 'w', dimensions: [elements], values: new Float32Array(elements) }],
  })
}

async function pathsOf(app: RunnersApp): Promise<string[]> {
  const { told } = await app.ask('GET', FILES)
  return ModelFiles.parse(told).files.map(({ path }) => path)
}

describe('model files', () => {
  it('are listed with what is known of them, and who uses them', async () => {
    await using app = await runnersApp({ nova: { model: './models/tiny.gguf' } })
    const path = await app.putModel('tiny.gguf', gguf())
    const { status, told } = await app.ask('GET', FILES)
    expect(status).toBe(200)
    expect(ModelFiles.parse(told).files).toMatchObject([{ path, architecture: 'llama', runner_id: 'nova' }])
  })

  it('are deleted with all their parts and the folders that are empty then; a projector stays', async () => {
    await using app = await runnersApp({ nova: {} })
    const first = await app.putModel('meta/big/big-00001-of-00002.gguf', gguf())
    const second = await app.putModel('meta/big/big-00002-of-00002.gguf', gguf())
    const seeing = await app.putModel('seeing/model.gguf', gguf())
    const projector = await app.putModel('seeing/mmproj.gguf', gguf('clip'))
    expect(await pathsOf(app)).toEqual([first, seeing])
    const answer = await app.ask('DELETE', FILES, { path: first })
    expect(answer).toMatchObject({ status: 200, told: { files: [{ path: seeing }] } })
    expect([first, second, join(app.folder, 'models', 'meta')].filter(existsSync)).toEqual([])
    await app.ask('DELETE', FILES, { path: seeing })
    expect([seeing, projector].map(existsSync)).toEqual([false, true])
    expect(existsSync(join(app.folder, 'models'))).toBe(true)
  })

  it('that a runner works with are not deleted before it is stopped', async () => {
    await using app = await runnersApp({
      nova: { model: './models/big-00001-of-00002.gguf', draft_model: './models/draft.gguf' },
    })
    const paths = [
      await app.putModel('big-00001-of-00002.gguf', gguf()),
      await app.putModel('draft.gguf', gguf()),
    ]
    await app.putModel('big-00002-of-00002.gguf', gguf())
    await app.ask('POST', '/api/runners/nova/start')
    for (const path of paths) {
      expect(await app.ask('DELETE', FILES, { path })).toMatchObject({
        status: 409,
        told: { code: 'conflict', error: expect.stringContaining('"nova" is using that model') },
      })
    }
    await app.ask('POST', '/api/runners/nova/stop')
    for (const path of paths) expect((await app.ask('DELETE', FILES, { path })).status).toBe(200)
    expect(await pathsOf(app)).toEqual([])
  })

  it('that lie elsewhere are not touched, even where a link leads there', async () => {
    await using app = await runnersApp({ nova: {} }, { file: { model_folders: ['./elsewhere'] } })
    const elsewhere = join(app.folder, 'elsewhere', 'theirs.gguf')
    await mkdir(dirname(elsewhere), { recursive: true })
    await writeFile(elsewhere, gguf())
    const own = await app.putModel('own.gguf', gguf())
    await symlink(dirname(elsewhere), join(app.folder, 'models', 'link'))
    const linked = join(app.folder, 'models', 'link', 'theirs.gguf')
    expect(await pathsOf(app)).toEqual([linked, own])
    for (const [path, status] of [
      [linked, 422],
      [elsewhere, 404],
      [join(app.folder, 'models', '..', 'runners.json'), 404],
      [join(app.folder, 'runners.json'), 404],
      [join(app.folder, 'models', 'no.gguf'), 404],
    ] as const) {
      const answer = await app.ask('DELETE', FILES, { path })
      expect({ path, status: answer.status }).toEqual({ path, status })
    }
    await rm(join(app.folder, 'models', 'link'))
    expect(await app.ask('DELETE', FILES, { path: elsewhere })).toMatchObject({
      status: 422,
      told: { code: 'invalid', error: expect.stringContaining('only what lies in its own folder') },
    })
    expect([elsewhere, own, app.local.repository.path].map(existsSync)).toEqual([true, true, true])
    expect(await app.ask('DELETE', FILES, {})).toMatchObject({ status: 400, told: { code: 'bad_message' } })
  })
})

describe('a download', () => {
  let server: FileServer | undefined
  afterEach(async () => server?.[Symbol.asyncDispose]())

  it('is started, told of while it comes, and there when it is done', async () => {
    const bytes = gguf('llama', 50_000)
    server = await startFileServer(serves({ bytes }))
    await using app = await runnersApp({ nova: {} })
    await using events = await app.listen('/api/runners/events')
    await events.like({ type: 'overview' })
    const source = `${server.url}/small.gguf`
    const started = await app.ask('POST', '/api/downloads', { source: ` ${source} ` })
    expect(started.status).toBe(202)
    const { id, path } = Download.parse(started.told)
    await events.like({ type: 'download', data: { id, state: 'done', done_bytes: bytes.length } })
    const { told } = await app.ask('GET', '/api/downloads')
    expect(DownloadsAnswer.parse(told).downloads).toMatchObject([{ id, source, path, state: 'done' }])
    expect(await pathsOf(app)).toEqual([path])
  })

  it('is broken off, and what it writes is not deleted meanwhile', async () => {
    server = await startFileServer((_request, response) => {
      response.writeHead(200, { 'content-length': 1_000_000 }).write(gguf())
    })
    await using app = await runnersApp({ nova: {} })
    await using events = await app.listen('/api/runners/events')
    const first = await app.putModel('big-00001-of-00002.gguf', gguf())
    const { told } = await app.ask('POST', '/api/downloads', {
      source: `${server.url}/big-00002-of-00002.gguf`,
    })
    const { id } = Download.parse(told)
    expect(await app.ask('DELETE', FILES, { path: first })).toMatchObject({
      status: 409,
      told: { error: expect.stringContaining('being downloaded') },
    })
    expect((await app.ask('DELETE', `/api/downloads/${id}`)).status).toBe(200)
    await events.like({ type: 'download', data: { id, state: 'cancelled' } })
    expect((await app.ask('DELETE', FILES, { path: first })).status).toBe(200)
  })

  it.each([
    ['ftp://host/x.gguf', 'http and https'],
    ['https://host/x.zip', 'must end in .gguf'],
    ['model', 'Say where the model is'],
  ])('of %s is refused', async (source, said) => {
    await using app = await runnersApp({ nova: {} })
    expect(await app.ask('POST', '/api/downloads', { source })).toMatchObject({
      status: 422,
      told: { code: 'invalid', error: expect.stringContaining(said) },
    })
  })

  it('that is not there cannot be broken off', async () => {
    await using app = await runnersApp({ nova: {} })
    expect((await app.ask('DELETE', '/api/downloads/download-9')).status).toBe(404)
    expect((await app.ask('POST', '/api/downloads', {})).status).toBe(400)
  })
})
