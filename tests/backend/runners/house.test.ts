import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
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
  const signal = AbortSignal.timeout(HANG_MS)
  const request = {
    messages: [{ role: 'user' as const, content: 'Hello' }],
    scene: { speaker: { id: 'x', name: 'X', personality: '', firstMessage: '' }, cast: [], history: [] },
    settings: { model: 'star' },
  }
  for await (const event of house.engines.model.streamReply(request, signal)) {
    if (event.type === 'text') text += event.text
    if (event.type === 'finish') expect(event.report).toMatchObject({ model: 'nova' })
  }
  expect(text).toContain('The storm is near.')
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
