import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Config } from '../../../../backend/config.ts'
import { systemClock } from '../../../../backend/lib/clock.ts'
import { createLogger } from '../../../../backend/logging.ts'
import { openRunners } from '../../../../backend/runners/open-runners.ts'
import { type FileServer, startFileServer } from '../../../support/file-server.ts'
import { HANG_MS } from '../../../support/hang.ts'

/** A hub that lets nobody have anything. */
let hub: FileServer
let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'troupe-hub-'))
  hub = await startFileServer((_request, response) => void response.writeHead(401).end())
})
afterEach(async () => {
  await hub[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

/** @returns what the hub was shown, and what is told of the download. */
async function asked(settings: Partial<Config>, environment: NodeJS.ProcessEnv) {
  await using runners = await openRunners({
    config: { ...Config.parse({}), data_dir: folder, ...settings },
    clock: systemClock,
    logger: createLogger('silent'),
    environment: { HF_ENDPOINT: hub.url, ...environment },
  })
  const { downloads } = runners.service
  const { id } = downloads.start('hf:somebody/gated/model.gguf')
  const ended = await vi.waitUntil(
    () => downloads.list().find((download) => download.id === id && download.state === 'failed'),
    { timeout: HANG_MS, interval: 5 },
  )
  return { shown: hub.asked.at(-1)?.headers.authorization, sentence: ended.error }
}

test('The hub is shown the token of the settings, else the variable that its own tools read', async () => {
  const variable = { HF_TOKEN: 'hf_variable' }
  expect(await asked({ hf_token: 'hf_setting' }, variable)).toMatchObject({ shown: 'Bearer hf_setting' })
  expect(await asked({}, variable)).toMatchObject({ shown: 'Bearer hf_variable' })
  expect(await asked({}, { HF_TOKEN: '' })).toMatchObject({ shown: undefined })
})

test('Who is refused for want of it is told the names of both', async () => {
  const { sentence } = await asked({}, {})
  expect(sentence).toContain('set hf_token (or HF_TOKEN)')
})
