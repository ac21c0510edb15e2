import { createServer, request } from 'node:http'
import { type AddressInfo } from 'node:net'
import { fastify, type FastifyInstance } from 'fastify'
import { describe, expect, it } from 'vitest'
import { type DoorName } from '#shared/protocol/doors.ts'
import { Doors, type DoorsOptions } from '../../../../backend/api/doors/doors.ts'
import { Config } from '../../../../backend/config.ts'
import { AppError } from '../../../../backend/errors.ts'
import { deferred } from '../../../../backend/lib/deferred.ts'
import { systemClock } from '../../../../backend/lib/clock.ts'
import { macrotask } from '../../../../backend/lib/macrotask.ts'

interface Stage extends AsyncDisposable {
  readonly doors: Doors
  readonly config: Config
  /** Of the main port. */
  readonly url: string
  readonly portUrl: (name: DoorName) => string
  /** Lets what `/v1/slow` or `/slow` answers go on to its end. */
  readonly finish: () => void
  readonly close: () => Promise<void>
}

/** Doors that each say which one they are. */
async function stage(
  settings: object,
  options: Partial<DoorsOptions> & { token?: string } = {},
): Promise<Stage> {
  const config: Config = { ...Config.parse({}), ollama_port: 0, lmstudio_port: 0, ...settings }
  const end = deferred()
  const mount = (name: DoorName, path: string) => (app: FastifyInstance) => {
    app.get(path, () => ({ door: name }))
    app.post(`${path}/slow`, (_request, reply) => {
      reply.hijack()
      reply.raw.write('begin ')
      void end.promise.then(() => reply.raw.end('end'))
    })
  }
  const doors = new Doors({
    config,
    mounts: {
      openai: mount('openai', '/v1/models'),
      realtime: mount('realtime', '/v1/realtime'),
      ollama: mount('ollama', '/api/tags'),
      lmstudio: mount('lmstudio', '/api/v0/models'),
    },
    access: {
      token: options.token,
      allowedHosts: ['troupe.example'],
      allowedOrigins: ['https://chat.example'],
    },
    proxies: () => ({}),
    certificate: undefined,
    clock: systemClock,
    ...options,
  })
  const app = fastify({ forceCloseConnections: true })
  app.setErrorHandler(async (error, _request, reply) => {
    const status = error instanceof AppError ? error.httpStatus : 500
    await reply.code(status).send({ error: error instanceof Error ? error.message : '' })
  })
  await doors.mount(app)
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  return {
    doors,
    config,
    url,
    portUrl: (name) => `http://127.0.0.1:${doors.statuses()[name].port}`,
    finish: () => end.resolve(),
    close: () => app.close(),
    [Symbol.asyncDispose]: () => app.close(),
  }
}

const bodyOf = async (url: string, init?: RequestInit): Promise<unknown> => (await fetch(url, init)).json()

/** Of a request that claims to want a socket where there is none. */
function statusOfUpgrade(url: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { headers: { connection: 'Upgrade', upgrade: 'websocket' } }, (response) => {
      response.resume()
      resolve(response.statusCode ?? 0)
    })
    asked.once('error', reject)
    asked.end()
  })
}

describe('the doors for other programs', () => {
  it('stand open on the main port and, where they are wanted, on ports of their own', async () => {
    await using house = await stage({ ollama_api: true })
    await house.doors.open()
    expect(await bodyOf(`${house.url}/v1/models`)).toEqual({ door: 'openai' })
    expect(await bodyOf(`${house.portUrl('ollama')}/api/tags`)).toEqual({ door: 'ollama' })
    expect(house.doors.statuses()).toEqual({
      openai: { state: 'open' },
      realtime: { state: 'open' },
      ollama: { state: 'open', port: expect.any(Number) },
      lmstudio: { state: 'off' },
    })
  })

  it('can be closed and opened while the server runs', async () => {
    await using house = await stage({ ollama_api: true })
    await house.doors.open()
    const ollama = house.portUrl('ollama')
    Object.assign(house.config, { openai_api: false, ollama_api: false, lmstudio_api: true })
    await house.doors.refresh()
    const closed = await fetch(`${house.url}/v1/models`)
    expect([closed.status, await closed.json()]).toEqual([
      404,
      { error: 'There is nothing at /v1/models: openai_api is off' },
    ])
    expect(await bodyOf(`${house.url}/v1/realtime`)).toEqual({ door: 'realtime' })
    await expect(fetch(`${ollama}/api/tags`)).rejects.toThrow('fetch failed')
    expect(await bodyOf(`${house.portUrl('lmstudio')}/api/v0/models`)).toEqual({ door: 'lmstudio' })
    Object.assign(house.config, { openai_api: true })
    expect(await bodyOf(`${house.url}/v1/models`)).toEqual({ door: 'openai' })
  })

  it('stay closed on a port that is taken, say who is likely to have it, and open when it is free', async () => {
    const other = createServer((_request, response) => response.end('Ollama is running'))
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    const address: AddressInfo | string | null = other.address()
    const port = typeof address === 'object' && address ? address.port : 0
    await using house = await stage({ ollama_api: true, ollama_port: port, lmstudio_api: true })
    await house.doors.open()
    expect(house.doors.statuses()).toMatchObject({
      openai: { state: 'open' },
      lmstudio: { state: 'open' },
      ollama: {
        state: 'failed',
        port,
        error: `The Ollama door stays closed: port ${port} is taken, probably by Ollama itself (or by another Troupe). Stop that, or choose another port with --ollama-port`,
      },
    })
    await new Promise((resolve) => other.close(resolve))
    await house.doors.refresh()
    expect(await bodyOf(`http://127.0.0.1:${port}/api/tags`)).toEqual({ door: 'ollama' })
  })

  it('ask for the token, but not for the cookie of a page, and answer browsers that ask first', async () => {
    await using house = await stage({}, { token: 'open-sesame' })
    const models = `${house.url}/v1/models`
    const status = async (init: RequestInit) => (await fetch(models, init)).status
    expect(await status({})).toBe(401)
    expect(await status({ headers: { cookie: 'troupe_token=open-sesame' } })).toBe(401)
    expect(await status({ headers: { authorization: 'Bearer open-sesame' } })).toBe(200)
    expect(await statusOfUpgrade(models)).toBe(401)
    const preflight = await fetch(`${house.url}/v1/chat/completions`, {
      method: 'OPTIONS',
      headers: { origin: 'http://localhost:3000', 'access-control-request-method': 'POST' },
    })
    expect([preflight.status, preflight.headers.get('access-control-allow-origin')]).toEqual([
      204,
      'http://localhost:3000',
    ])
  })

  it('let pages of this machine and of known origins in, and no others', async () => {
    await using house = await stage({})
    const from = async (origin: string) =>
      (await fetch(`${house.url}/v1/models`, { headers: { origin } })).status
    expect(await from('http://localhost:5173')).toBe(200)
    expect(await from('https://chat.example')).toBe(200)
    expect(await from('https://evil.example')).toBe(403)
  })

  it('let an answer on its way arrive when the server stops, and do not wait for ever', async () => {
    // No time passes: what is waited for is the answers.
    const still = { ...systemClock, after: () => () => {} }
    await using house = await stage({ ollama_api: true }, { clock: still })
    await house.doors.open()
    const ending = await fetch(`${house.url}/v1/models/slow`, { method: 'POST' })
    const alsoEnding = await fetch(`${house.portUrl('ollama')}/api/tags/slow`, { method: 'POST' })
    const closed = house.close()
    for (let turn = 0; turn < 100; turn += 1) await macrotask()
    house.finish()
    expect([await ending.text(), await alsoEnding.text()]).toEqual(['begin end', 'begin end'])
    await closed

    const hasty = {
      ...systemClock,
      after: (ms: number, call: () => void) => systemClock.after(ms / 30, call),
    }
    await using stuck = await stage({}, { clock: hasty })
    const never = await fetch(`${stuck.url}/v1/models/slow`, { method: 'POST' })
    const broken = never.text().catch(() => 'broken off')
    await stuck.close()
    expect(await broken).toBe('broken off')
  })
})
