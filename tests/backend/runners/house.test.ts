import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { OpenAI } from 'openai'
import { afterAll, expect, test } from 'vitest'
import { Config } from '../../../backend/config.ts'
import { openHouse } from '../../../backend/house.ts'
import { createLogger } from '../../../backend/logging.ts'
import { HANG_MS } from '../../support/hang.ts'
import { ProtocolClient } from '../../support/protocol-client.ts'
import { isAlive, runnersFile } from '../../support/real-runners.ts'
import { ServerProcess } from '../../support/server-process.ts'

const folders: string[] = []
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))))

async function openWith(file: object, settings: object = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'troupe-house-'))
  folders.push(folder)
  await writeFile(join(folder, 'runners.json'), JSON.stringify(file))
  return openHouse({
    config: Config.parse({ data_dir: folder, ...settings }),
    token: () => undefined,
    logger: createLogger('silent'),
    environment: process.env,
    onNotice: () => {},
  })
}

test('a conversation is answered by a model that is started for it', async () => {
  await using house = await openWith(runnersFile({ nova: {} }), { llm: 'runner' })
  const url = await house.app.listen({ host: '127.0.0.1', port: 0 })
  expect(house.engines.statuses().llm).toMatchObject({ name: 'runner', ready: true })
  const listed = await house.engines.model.listModels(AbortSignal.timeout(HANG_MS))
  expect(listed.map(({ id }) => id)).toEqual(['nova'])
  await using client = await ProtocolClient.connect(`${url.replace('http', 'ws')}/ws`)
  await client.event('ready')
  client.send('user_message', { text: 'Hello' })
  await client.event('turn_ended')
  const told = client.events('text_chunk').map(({ data }) => data.text)
  expect(told.join('')).toContain('The storm is near.')
})

test('who names a runner gets it, whatever model the settings choose', async () => {
  const house = await openWith(runnersFile({ nova: { aliases: ['star'] } }), { llm: 'scripted' })
  let text = ''
  let answerer: string | undefined
  const signal = AbortSignal.timeout(HANG_MS)
  const request = {
    messages: [{ role: 'user' as const, content: 'Hello' }],
    scene: { speaker: { id: 'x', name: 'X', personality: '', firstMessage: '' }, cast: [], history: [] },
    settings: { model: 'star' },
  }
  for await (const event of house.engines.model.streamReply(request, signal)) {
    if (event.type === 'text') text += event.text
    if (event.type === 'finish') answerer = event.report?.model
  }
  expect(text).toContain('The storm is near.')
  expect(answerer).toBe('nova')
  const { runners } = house.local.service.overview()
  const pid = runners[0]?.pid
  expect(isAlive(pid)).toBe(true)
  await house[Symbol.asyncDispose]()
  expect(isAlive(pid)).toBe(false)
})

test('a runners file that is wrong keeps the server from starting, and the sentence says where', async () => {
  await expect(openWith({ runners: [{ kind: 'llama', id: 'nova' }] })).rejects.toMatchObject({
    code: 'config_invalid',
    message: expect.stringMatching(/runners\.json is not right: "runners\.0\.model"/u),
  })
})

test('a server that was killed leaves a runner behind, and the next one ends it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'troupe-house-'))
  folders.push(folder)
  const file = runnersFile({ nova: { pinned: true, env: { FAKE_IGNORE_TERM: '1' } } })
  await writeFile(join(folder, 'runners.json'), JSON.stringify(file))
  const noted = async (): Promise<number[]> =>
    (await readdir(join(folder, 'runners')).catch(() => [])).map((name) => Number(name.split('-')[0]))
  await using server = await ServerProcess.start(folder)
  await expect.poll(noted).toHaveLength(1)
  const [pid] = await noted()
  await server.end('SIGKILL')
  expect(isAlive(pid)).toBe(true)
  await using house = await openWith({}, { data_dir: folder })
  await expect.poll(() => isAlive(pid)).toBe(false)
  expect(house.local.service.overview().runners.map(({ state }) => state)).not.toContain('failed')
})

test('other programs see runners as models, and characters speak through them', async () => {
  await using house = await openWith(runnersFile({ nova: { env: { FAKE_TOKEN_MS: '30' } } }), {
    llm: 'runner',
  })
  const url = await house.app.listen({ host: '127.0.0.1', port: 0 })
  const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: 'none', maxRetries: 0 })
  const ids: string[] = []
  for await (const { id } of client.models.list()) ids.push(id)
  expect(ids).toContain('nova')
  const messages = [{ role: 'user' as const, content: 'Hello' }]
  const { choices } = await client.chat.completions.create({ model: 'NOVA:latest', messages })
  expect(choices[0]?.message.content).toContain('The storm is near.')
  const character = ids.find((id) => id.startsWith('character:')) ?? ''
  const stream = await client.chat.completions.create({ model: character, messages, stream: true })
  for await (const chunk of stream) if (chunk.choices[0]?.delta.content) break
  // Who has heard enough leaves the model free for the next one.
  await expect.poll(() => house.local.service.find('nova')?.active).toBe(0)
  expect(house.local.service.find('nova')).toMatchObject({ restarts: 0, state: 'ready' })
})

test('a runner that is added on the screen can be asked by other programs at once', async () => {
  await using house = await openWith({}, { llm: 'runner' })
  const url = await house.app.listen({ host: '127.0.0.1', port: 0 })
  const text = JSON.stringify(runnersFile({ nova: {} }))
  const written = await fetch(`${url}/api/runners/config`, {
    method: 'PUT',
    body: JSON.stringify({ text, expected: '{}' }),
    headers: { 'content-type': 'application/json' },
  })
  expect(written.status).toBe(200)
  const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: 'none', maxRetries: 0 })
  const messages = [{ role: 'user' as const, content: 'Hello' }]
  const { choices } = await client.chat.completions.create({ model: 'nova', messages })
  expect(choices[0]?.message.content).toContain('The storm is near.')
  const shown: unknown = await (await fetch(`${url}/api/runners`)).json()
  expect(shown).toMatchObject({ is_there: true, overview: { runners: [{ id: 'nova', state: 'ready' }] } })
})
