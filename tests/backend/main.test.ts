import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { ProtocolClient } from '../support/protocol-client.ts'
import { SeededRandom } from '../support/seeded-random.ts'
import { runToExit, ServerProcess } from '../support/server-process.ts'

let dataDir: string

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'troupe-test-'))
})

afterEach(async () => {
  await rm(dataDir, { recursive: true, force: true })
})

const PIXEL = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)
const Messages = z.array(z.looseObject({ message_id: z.string(), content: z.string() }))

/** Where the server is started. */
const ROOT = fileURLToPath(new URL('../..', import.meta.url))

describe('npm start', () => {
  it(
    'takes a data directory as it is seen from where it is started, as "./data" is',
    { timeout: 120_000 },
    async () => {
      await using server = await ServerProcess.start(relative(ROOT, dataDir))
      const form = new FormData()
      form.set('file', new Blob([PIXEL]), 'pixel.png')
      const added = await fetch(`${server.url}/api/media`, { method: 'POST', body: form })
      expect(added.status).toBe(201)
      const { url } = z.object({ url: z.string() }).parse(await added.json())
      const shown = await fetch(`${server.url}${url}`)
      expect(new Uint8Array(await shown.arrayBuffer())).toEqual(new Uint8Array(PIXEL))
    },
  )

  it(
    'starts on an empty data directory with nothing set, and stops within 5 s of SIGTERM in the middle of a turn',
    { timeout: 120_000 },
    async () => {
      await using server = await ServerProcess.start(dataDir)
      const health = await (await fetch(`${server.url}/health`)).json()
      expect(health).toMatchObject({
        status: 'ok',
        engines: { llm: { name: 'scripted', detail: expect.stringContaining('not a language model') } },
      })
      const client = await ProtocolClient.connect(server.wsUrl)
      client.send('user_message', { text: 'Tell me a story' })
      await client.frame()
      const startMs = performance.now()
      expect(await server.end('SIGTERM')).toBe(0)
      expect(performance.now() - startMs).toBeLessThan(5_000)
      expect(await client.event('turn_ended')).toMatchObject({ data: { outcome: 'interrupted' } })
      const again = await ServerProcess.start(dataDir)
      const conversationId = client.events('ready')[0]?.data.conversation_id
      const stored = Messages.parse(
        await (await fetch(`${again.url}/api/conversations/${conversationId}/messages`)).json(),
      )
      expect(stored).toMatchObject([{ content: 'Tell me a story' }, { is_interrupted: true }])
      expect(await again.end('SIGINT')).toBe(0)
    },
  )

  it('loses no acknowledged message, whenever it is killed', { timeout: 120_000 }, async () => {
    const random = new SeededRandom(1)
    const acknowledged: string[] = []
    let conversationId: string | undefined
    for (let round = 0; round < 4; round++) {
      const server = await ServerProcess.start(dataDir)
      const client = await ProtocolClient.connect(server.wsUrl)
      client.send('hello', conversationId === undefined ? {} : { conversation_id: conversationId }, 'h')
      const ready = await client.event('ready', { where: ({ id }) => id === 'h' })
      conversationId = ready.data.conversation_id
      const url = `${server.url}/api/conversations/${conversationId}/messages?limit=500`
      const stored = round === 0 ? [] : Messages.parse(await (await fetch(url)).json())
      const ids = new Set(stored.map(({ message_id }) => message_id))
      expect(acknowledged.filter((id) => !ids.has(id))).toEqual([])
      const killAfter = 1 + random.below(30)
      for (let message = 0; message < 40; message++)
        client.send('user_message', { text: `Line ${message}`, interrupt: true })
      await client.until(
        () => (client.events('turn_started').length >= killAfter ? true : undefined),
        'turns',
        20_000,
      )
      await server.end('SIGKILL')
      acknowledged.push(...client.events('turn_started').map(({ data }) => data.user_message_id))
    }
    expect(acknowledged.length).toBeGreaterThan(20)
  })

  it(
    'refuses unknown and wrong settings with a sentence that names key, value and what is allowed',
    { timeout: 120_000 },
    async () => {
      const flag = await runToExit(['--prot', '80'])
      expect(flag.code).toBe(1)
      expect(flag.printed).toContain('--prot')
      const environment = await runToExit(['--data-dir', dataDir], { PORT: 'eighty' })
      expect(environment.printed).toMatch(/PORT is "eighty", but must be number/)
      const unknown = await runToExit(['--data-dir', dataDir], { TROUPE_LMM: 'openai' })
      expect(unknown.printed).toContain('Unknown setting "TROUPE_LMM"')
      await writeFile(join(dataDir, 'troupe.config.json'), '{ "tts": "espeak" }')
      const file = await runToExit(['--data-dir', dataDir])
      expect(file.printed).toMatch(/"tts" in troupe\.config\.json is "espeak".*"auto".*"openai".*"flite"/)
      await writeFile(join(dataDir, 'troupe.config.json'), '{ "llm": "openai" }')
      expect((await runToExit(['--data-dir', dataDir])).printed).toContain('llm_base_url is missing')
    },
  )

  it(
    'needs a token when it listens to other machines, makes one and prints it once',
    { timeout: 120_000 },
    async () => {
      const server = await ServerProcess.start(dataDir, { HOST: '0.0.0.0' })
      const token = (await readFile(join(dataDir, 'token'), 'utf8')).trim()
      expect(server.output()).toContain(token)
      expect((await fetch(`${server.url}/api/characters`)).status).toBe(401)
      expect((await fetch(`${server.url}/api/characters?token=${token}`)).status).toBe(200)
      await server.end('SIGTERM')
      const again = await ServerProcess.start(dataDir, { HOST: '0.0.0.0' })
      expect(again.output()).not.toContain(token)
      await again.end('SIGTERM')
    },
  )
})
