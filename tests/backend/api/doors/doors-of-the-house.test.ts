import { once } from 'node:events'
import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestApp, type TestApp } from '../../../support/test-app.ts'

/** The doors where they stand: on the ports of a whole server that wants a token. */

const TOKEN = 'open-sesame'
const OPEN = { ollama_api: true, ollama_port: 0, lmstudio_api: true, lmstudio_port: 0 }
const PORTS = ['main', 'ollama', 'lmstudio'] as const

let app: TestApp
beforeAll(async () => {
  app = await startTestApp({ token: TOKEN, config: OPEN })
  await app.doors.open()
})
afterAll(async () => app[Symbol.asyncDispose]())

function urlOf(port: (typeof PORTS)[number], house = app): string {
  return port === 'main' ? house.url : `http://127.0.0.1:${house.doors.statuses()[port].port}`
}

async function statusOf(url: string, headers: Record<string, string>): Promise<number> {
  const answer = await fetch(url, { headers })
  await answer.body?.cancel()
  return answer.status
}

describe('the cookie of our pages', () => {
  it.each([
    ['main', '/v1/models'],
    ['ollama', '/v1/models'],
    ['ollama', '/api/tags'],
    ['lmstudio', '/v1/models'],
    ['lmstudio', '/api/v0/models'],
    ['lmstudio', '/api/v1/models'],
  ] as const)('opens nothing at %s%s, where any page of this machine would send it', async (port, path) => {
    const url = `${urlOf(port)}${path}`
    const cookie = `troupe_token=${TOKEN}`
    expect(await statusOf(url, { cookie })).toBe(401)
    expect(await statusOf(url, { cookie, origin: 'http://localhost:5173' })).toBe(401)
    expect(await statusOf(url, { authorization: `Bearer ${TOKEN}` })).toBe(200)
  })

  it('opens what our pages use', async () => {
    expect(await statusOf(`${app.url}/api/voices`, { cookie: `troupe_token=${TOKEN}` })).toBe(200)
  })
})

describe('what is no address at all', () => {
  it.each(PORTS)('is refused under /v1 as OpenAI would, on the port of %s', async (port) => {
    const answer = await fetch(`${urlOf(port)}/v1/models/%zz`)
    expect([answer.status, answer.headers.get('x-request-id')]).toEqual([400, expect.stringMatching(/^req_/)])
    expect(await answer.json()).toEqual({
      error: {
        message: '"/v1/models/%zz" is no valid address',
        type: 'invalid_request_error',
        param: null,
        code: null,
      },
    })
  })

  it.each([
    ['main', { error: expect.stringContaining('/api/%zz'), code: 'bad_message' }],
    ['ollama', { error: expect.stringContaining('/api/%zz') }],
    ['lmstudio', { error: expect.objectContaining({ type: 'invalid_request' }) }],
  ] as const)('is refused elsewhere as others are, on the port of %s', async (port, refusal) => {
    const answer = await fetch(`${urlOf(port)}/api/%zz`)
    expect([answer.status, await answer.json()]).toEqual([400, refusal])
  })

  it('is nothing that keeps a server from closing, when somebody wants a socket there', async () => {
    await using house = await startTestApp({ config: OPEN })
    await house.doors.open()
    for (const port of PORTS) {
      const headers = { connection: 'Upgrade', upgrade: 'websocket' }
      const asked = request(`${urlOf(port, house)}/v1/%zz`, { headers, agent: false })
      asked.end()
      const [answer] = await once(asked, 'response')
      answer.resume()
      expect([port, answer.statusCode]).toEqual([port, 400])
    }
  })
})

describe('the Ollama door', () => {
  it('says that it is the Ollama of the settings', async () => {
    await using newer = await startTestApp({ config: { ...OPEN, ollama_version: '0.20.1-rc1' } })
    await newer.doors.open()
    const answer = await fetch(`${urlOf('ollama', newer)}/api/version`)
    expect(await answer.json()).toEqual({ version: '0.20.1-rc1' })
  })
})
