import { writeFile } from 'node:fs/promises'
import { describe, expect, it, test } from 'vitest'
import { RunnerInfo, RunnerLogLine, RunnersAnswer, RunnersEvent } from '#shared/entities.ts'
import { isAlive } from '../../../support/real-runners.ts'
import { runnersApp } from '../../../support/runners-app.ts'
import { ServerEvents } from '../../../support/server-events.ts'
import { startTestApp } from '../../../support/test-app.ts'

describe('the list of runners', () => {
  it('shows each one, what all may take, and where they are described', async () => {
    await using app = await runnersApp(
      { nova: { aliases: ['star'], parallel: 2 }, ears: { kind: 'whisper', model: 'ggml.bin' } },
      { file: { memory_mib: 1_000 } },
    )
    const { status, told } = await app.ask('GET', '/api/runners')
    expect(status).toBe(200)
    const answer = RunnersAnswer.parse(told)
    expect(answer).toMatchObject({ is_there: true, config_path: expect.stringContaining('runners.json') })
    expect(answer.config_problem).toBeUndefined()
    expect(answer.overview).toMatchObject({
      memory_budget_bytes: 1_000 * 1024 * 1024,
      runners: [
        { id: 'nova', state: 'stopped', offers: ['chat'], aliases: ['star'], max_parallel: 2, queued: 0 },
        { id: 'ears', state: 'stopped', offers: ['transcription'] },
      ],
    })
  })
})

describe('a runner', () => {
  it('is started at once, as everybody who listens is told, and gone when stopping it is answered', async () => {
    await using app = await runnersApp({ nova: { env: { FAKE_LOAD_MS: '100' } } })
    await using events = await app.listen('/api/runners/events')
    expect(events.response.headers.get('content-type')).toContain('text/event-stream')
    await events.like({ type: 'overview', data: { is_there: true } })
    const started = await app.ask('POST', '/api/runners/nova/start')
    expect(started).toMatchObject({ status: 202, told: { id: 'nova', state: 'starting' } })
    const ready = RunnersEvent.parse(
      await events.like({ type: 'runner', data: { id: 'nova', state: 'ready' } }),
    )
    const pid = ready.type === 'runner' ? ready.data.pid : undefined
    expect(isAlive(pid)).toBe(true)
    const stopped = await app.ask('POST', '/api/runners/nova/stop')
    expect(stopped).toMatchObject({ status: 200, told: { id: 'nova', state: 'stopped' } })
    expect(isAlive(pid)).toBe(false)
    await events.like({ type: 'runner', data: { state: 'stopped' } })
    for (const event of events.all) RunnersEvent.parse(event)
    RunnerInfo.parse(stopped.told)
  })

  it('that cannot be started says why in its own words', async () => {
    await using app = await runnersApp({ nova: { env: { FAKE_DIE_LOADING: 'error: out of memory' } } })
    await using events = await app.listen('/api/runners/events')
    expect((await app.ask('POST', '/api/runners/nova/start')).status).toBe(202)
    await events.like({ type: 'runner', data: { state: 'failed', error: '…out of memory' } })
    const { told } = await app.ask('GET', '/api/runners')
    expect(RunnersAnswer.parse(told).overview.runners[0]?.error).toContain('out of memory')
  })

  it('for which there is no room says so, and says no more when there is', async () => {
    await using app = await runnersApp(
      { nova: { pinned: true, memory_mib: 600 }, luna: { memory_mib: 600 } },
      { file: { memory_mib: 1_000 } },
    )
    await using events = await app.listen('/api/runners/events')
    await app.ask('POST', '/api/runners/nova/start')
    await events.like({ type: 'runner', data: { id: 'nova', state: 'ready' } })
    const refused = await app.ask('POST', '/api/runners/luna/start')
    expect(refused).toMatchObject({
      status: 202,
      told: { state: 'failed', error: expect.stringContaining('pinned "nova"') },
    })
    await app.ask('PUT', '/api/runners/nova/pin', { is_pinned: false })
    const again = await app.ask('POST', '/api/runners/luna/start')
    expect(RunnerInfo.parse(again.told).error).toBeUndefined()
    await events.like({ type: 'runner', data: { id: 'luna', state: 'ready' } })
  })

  it('that is pinned does not end for being idle, until it is pinned no more', async () => {
    await using app = await runnersApp({ nova: {} })
    await using events = await app.listen('/api/runners/events')
    await app.ask('POST', '/api/runners/nova/start')
    await events.like({ type: 'runner', data: { state: 'ready', expires_at: '…T' } })
    const pinned = await app.ask('PUT', '/api/runners/nova/pin', { is_pinned: true })
    expect(pinned).toMatchObject({ status: 200, told: { is_pinned: true } })
    expect(RunnerInfo.parse(pinned.told).expires_at).toBeUndefined()
    const loose = await app.ask('PUT', '/api/runners/nova/pin', { is_pinned: false })
    expect(RunnerInfo.parse(loose.told).expires_at).toBeDefined()
    expect(await app.ask('PUT', '/api/runners/nova/pin', { is_pinned: 'yes' })).toMatchObject({
      status: 400,
      told: { code: 'bad_message', error: expect.stringContaining('is_pinned') },
    })
  })

  it.each(['owner/name:8b', `${'very-'.repeat(30)}long`, 'Ä & ö?'])('may be called %s', async (id) => {
    await using app = await runnersApp({ [id]: {} })
    const path = `/api/runners/${encodeURIComponent(id)}/pin`
    expect(await app.ask('PUT', path, { is_pinned: true })).toMatchObject({ status: 200, told: { id } })
  })

  it('that is not there is answered with those that are', async () => {
    await using app = await runnersApp({ nova: {}, luna: {} })
    for (const [method, what] of [
      ['POST', 'start'],
      ['POST', 'stop'],
      ['PUT', 'pin'],
      ['GET', 'logs'],
      ['POST', 'talk'],
    ] as const) {
      const body = method === 'GET' ? undefined : { is_pinned: true, messages: [] }
      expect(await app.ask(method, `/api/runners/stella/${what}`, body)).toMatchObject({
        status: 404,
        told: { code: 'not_found', error: expect.stringContaining('nova, luna') },
      })
    }
  })
})

describe('the log of a runner', () => {
  it('is told from what it wrote lately on, and goes on while it writes', async () => {
    await using app = await runnersApp({ nova: { aliases: ['star'] } })
    await using before = await app.listen('/api/runners/star/logs')
    expect(before.response.status).toBe(200)
    await app.ask('POST', '/api/runners/nova/start')
    await before.like({ stream: 'err', text: 'model loaded' })
    await using after = await app.listen('/api/runners/nova/logs')
    await after.like({ stream: 'note', text: '…Started as process' })
    await app.ask('POST', '/api/runners/nova/stop')
    await after.like({ stream: 'note', text: 'It was stopped' })
    expect(after.all).toEqual(before.all)
    for (const line of after.all) RunnerLogLine.parse(line)
  })
})

describe('whoever listens', () => {
  it('is told of an edit that is wrong, and when it is mended', async () => {
    await using app = await runnersApp({ nova: {} })
    await using events = await app.listen('/api/runners/events')
    await events.like({ type: 'overview' })
    const { text, path } = app.local.repository
    await writeFile(path, '{ "runners": [')
    await events.like({ type: 'config', data: { problem: '…no JSON' } })
    expect((await app.ask('GET', '/api/runners')).told).toMatchObject({
      config_problem: expect.stringContaining('no JSON'),
      overview: { runners: [{ id: 'nova' }] },
    })
    await writeFile(path, text.replace('"nova"', '"luna"'))
    await events.like({ type: 'runner_gone', data: { id: 'nova' } })
    await events.like({ type: 'runner', data: { id: 'luna' } })
    await expect.poll(() => events.all).toContainEqual({ type: 'config', data: {} })
  })

  it('is let go when the server ends', async () => {
    const app = await runnersApp({ nova: {} })
    const events = await app.listen('/api/runners/events')
    await events.like({ type: 'overview' })
    const ended = events.ended.then(
      () => 'whole',
      () => 'broken off',
    )
    await app[Symbol.asyncDispose]()
    expect(await ended).toBe('broken off')
  })
})

test('the token of the server is asked for, in the address as well', async () => {
  await using app = await runnersApp({ nova: {} }, { token: 'sesame' })
  for (const path of ['/api/runners', '/api/runners/events', '/api/models/files', '/api/downloads']) {
    expect(await app.ask('GET', path)).toMatchObject({ status: 401, told: { code: 'unauthorized' } })
  }
  await using events = await app.listen('/api/runners/events?token=sesame')
  await events.like({ type: 'overview' })
})

test('a server without models of its own says so', async () => {
  await using app = await startTestApp()
  const answer: unknown = await (await fetch(`${app.url}/api/runners`)).json()
  expect(RunnersAnswer.parse(answer)).toMatchObject({ is_there: false, overview: { runners: [] } })
  await using events = await ServerEvents.open(`${app.url}/api/runners/events`)
  await events.like({ type: 'overview', data: { is_there: false } })
  for (const [method, path] of [
    ['GET', '/api/runners/config'],
    ['POST', '/api/runners/nova/start'],
    ['GET', '/api/runners/nova/logs'],
    ['GET', '/api/models/files'],
    ['GET', '/api/downloads'],
  ] as const) {
    const response = await fetch(app.url + path, { method })
    expect(response.status).toBe(404)
    expect(await response.json()).toMatchObject({
      code: 'not_found',
      error: expect.stringContaining('runs no models itself'),
    })
  }
})
