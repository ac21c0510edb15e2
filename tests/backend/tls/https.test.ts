import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { request as plainRequest } from 'node:http'
import { Agent, request } from 'node:https'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { WebSocket } from 'ws'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Config } from '../../../backend/config.ts'
import { systemClock } from '../../../backend/lib/clock.ts'
import { createLogger } from '../../../backend/logging.ts'
import { openCertificate } from '../../../backend/tls/certificate.ts'
import { testCertificate, type TestCertificate } from '../../support/certificates.ts'
import { textOf } from '../../bench/scenarios/raw-data.ts'
import { startTestApp } from '../../support/test-app.ts'

interface Answer {
  readonly status: number
  readonly location: string | undefined
  readonly body: string
}

let own: TestCertificate
beforeAll(async () => {
  own = await testCertificate()
})
afterAll(async () => {
  await own[Symbol.asyncDispose]()
})

/** As a client that trusts the certificate asks. */
function ask(url: string, headers: Record<string, string> = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const agent = new Agent({ ca: own.pem })
    const asked = url.startsWith('https:') ? request(url, { agent, headers }) : plainRequest(url, { headers })
    asked.once('response', (response) => {
      const { statusCode: status = 0, headers: got } = response
      text(response).then((body) => resolve({ status, location: got.location, body }), reject)
    })
    asked.once('error', reject)
    asked.end()
  })
}

function openSocket(url: string): Promise<WebSocket> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, { ca: own.pem })
    socket.once('open', () => resolve(socket))
    socket.once('error', reject)
  })
}

describe('a server that speaks https', () => {
  it('serves pages, routes and sockets over TLS', async () => {
    await using app = await startTestApp({ certificate: own.certificate })
    expect(JSON.parse((await ask(`${app.url}/health`)).body)).toMatchObject({ status: 'ok' })
    const socket = await openSocket(app.wsUrl)
    const told = new Promise<string>((resolve) => socket.once('message', (data) => resolve(textOf(data))))
    expect(JSON.parse(await told)).toMatchObject({ type: 'ready' })
    socket.close()
  })

  it('sends people on who write http, and tells programs', async () => {
    await using app = await startTestApp({ certificate: own.certificate })
    const plain = app.url.replace('https:', 'http:')
    const page = await ask(`${plain}/settings?x=1`, { accept: 'text/html,*/*' })
    expect([page.status, page.location]).toEqual([307, `${app.url}/settings?x=1`])
    const program = await ask(`${plain}/api/characters`, { accept: '*/*' })
    expect([program.status, JSON.parse(program.body)]).toEqual([
      400,
      {
        code: 'bad_message',
        error: 'This server speaks https: write https:// (or wss://) instead of http:// (or ws://)',
      },
    ])
    const nowhere = await ask(`${plain}/`, { accept: 'text/html', host: 'evil.example/@' })
    expect([nowhere.status, nowhere.location]).toEqual([400, undefined])
    await expect(openSocket(app.wsUrl.replace('wss:', 'ws:'))).rejects.toThrow(
      'Unexpected server response: 400',
    )
  })

  it('stops at once, although somebody connected and says nothing', async () => {
    const app = await startTestApp({ certificate: own.certificate })
    const { port } = new URL(app.url)
    const silent = await new Promise<Socket>((resolve) => {
      const socket = connect(Number(port), '127.0.0.1', () => resolve(socket))
    })
    silent.on('error', () => {})
    const startedMs = performance.now()
    await app[Symbol.asyncDispose]()
    expect(performance.now() - startedMs).toBeLessThan(5_000)
    silent.destroy()
  })

  it('serves both on the ports of other programs, who seldom know https', async () => {
    const config = { ollama_api: true, ollama_port: 0 }
    await using app = await startTestApp({ certificate: own.certificate, config })
    await app.doors.open()
    const address = `127.0.0.1:${app.doors.statuses().ollama.port}`
    for (const scheme of ['http', 'https']) {
      expect(JSON.parse((await ask(`${scheme}://${address}/api/version`)).body)).toHaveProperty('version')
    }
  })

  it('refuses files that are no certificate and its key, with a sentence that names them', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'troupe-tls-'))
    const deps = { clock: systemClock, logger: createLogger('silent') }
    const open = (settings: object) => openCertificate(Config.parse({ data_dir: folder, ...settings }), deps)
    try {
      const nonsense = join(folder, 'nonsense.pem')
      await writeFile(nonsense, 'nonsense')
      await expect(open({ tls_cert: own.file })).rejects.toThrow('"tls_cert" is set, but "tls_key" is not')
      await expect(open({ tls_cert: own.file, tls_key: join(folder, 'gone.pem') })).rejects.toThrow(
        /Cannot read .*gone\.pem \(tls_key\)/u,
      )
      await expect(open({ tls_cert: own.file, tls_key: nonsense })).rejects.toThrow(
        /nonsense\.pem \(tls_key\)/u,
      )
      expect(await open({})).toBeUndefined()
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  })
})
