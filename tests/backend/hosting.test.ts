import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { get } from 'node:https'
import { type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { runToExit, ServerProcess } from '../support/server-process.ts'
import { troupe } from '../support/troupe-command.ts'

let folder: string
let dataDir: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'troupe-hosting-'))
  dataDir = join(folder, 'data')
})
afterEach(async () => {
  await rm(folder, { recursive: true, force: true })
})

/** Somebody else on a port, as Ollama would be. */
async function ollamaItself(): Promise<{ port: number } & AsyncDisposable> {
  const server = createServer((_request, response) => response.end('Ollama is running'))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address: AddressInfo | string | null = server.address()
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    async [Symbol.asyncDispose]() {
      server.close()
      await once(server, 'close')
    },
  }
}

/** What was had, when it is free again. */
async function freed<Held extends AsyncDisposable>(holding: Promise<Held>): Promise<Held> {
  await using held = await holding
  return held
}

async function fetchTrusting(url: string): Promise<string> {
  const ca = await readFile(join(dataDir, 'https-cert.pem'), 'utf8')
  return new Promise((resolve, reject) => {
    get(url, { ca }, (response) => void text(response).then(resolve, reject)).once('error', reject)
  })
}

describe('npm start', () => {
  it(
    'serves https without pages, and goes on when the port of a door is taken',
    { timeout: 180_000 },
    async () => {
      await using other = await ollamaItself()
      const { port: freePort } = await freed(ollamaItself())
      const asRunnersSay = (isOpen: boolean) =>
        JSON.stringify({ proxies: { lmstudio: { enabled: isOpen, port: freePort } } })
      await mkdir(dataDir)
      await writeFile(join(dataDir, 'runners.json'), asRunnersSay(true))
      await using server = await ServerProcess.start(dataDir, {
        TROUPE_HTTPS: 'true',
        TROUPE_HEADLESS: 'true',
        TROUPE_OLLAMA_API: 'true',
        TROUPE_OLLAMA_PORT: String(other.port),
      })
      expect(server.url).toMatch(/^https:/u)
      expect(server.output()).toContain('certificate is of its own making')
      expect(server.output()).toContain(`port ${other.port} is taken, probably by Ollama itself`)
      expect(server.output()).toMatch(/OpenAI +https:\/\/localhost:\d+\/v1\n/u)
      expect(await fetchTrusting(server.url)).toBe(
        'Troupe runs here, without pages. GET /health says which of its doors are open.\n',
      )
      expect(JSON.parse(await fetchTrusting(`${server.url}/health`))).toMatchObject({
        status: 'ok',
        doors: {
          openai: { state: 'open' },
          realtime: { state: 'open' },
          ollama: { state: 'failed', port: other.port },
          lmstudio: { state: 'open', port: freePort },
        },
      })
      expect(await (await fetch(`http://127.0.0.1:${freePort}/lmstudio-greeting`)).json()).toEqual({
        lmstudio: true,
      })
      await writeFile(join(dataDir, 'runners.json'), asRunnersSay(false))
      const closed = async () => JSON.parse(await fetchTrusting(`${server.url}/health`)).doors.lmstudio
      await expect.poll(closed).toEqual({ state: 'off' })
      // On the same machine, the terminal finds it and trusts it.
      const port = new URL(server.url).port
      const env = { XDG_STATE_HOME: folder }
      const listed = await troupe(['--data-dir', dataDir, '--port', port, 'characters', 'list'], { env })
      expect(listed).toMatchObject({ code: 0, out: expect.stringContaining('Nora') })
      expect(await server.end('SIGTERM')).toBe(0)
    },
  )

  it('opens one door alone, and nothing else', { timeout: 180_000 }, async () => {
    await using server = await ServerProcess.start(dataDir, {
      TROUPE_ONLY: 'ollama',
      TROUPE_OLLAMA_PORT: '0',
    })
    expect(await (await fetch(server.url)).text()).toBe('Ollama is running')
    const { models } = JSON.parse(await (await fetch(`${server.url}/api/tags`)).text())
    expect(models.map(({ name }: { name: string }) => name)).toContainEqual(
      expect.stringContaining('character:'),
    )
    expect(await (await fetch(`${server.url}/health`)).json()).toMatchObject({
      doors: { ollama: { state: 'open' }, openai: { state: 'off' } },
    })
    expect((await fetch(`${server.url}/api/characters`)).status).toBe(404)
    expect(await server.end('SIGTERM')).toBe(0)
  })

  it('does not start if the one door that is wanted cannot be opened', { timeout: 180_000 }, async () => {
    await using other = await ollamaItself()
    const port = String(other.port)
    const only = ['--only', 'ollama', '--ollama-port', port]
    const { code, printed } = await runToExit(['--data-dir', dataDir, ...only])
    expect(code).toBe(1)
    expect(printed).toContain(`Troupe cannot start. The Ollama door stays closed: port ${port} is taken`)
  })
})
