import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Config } from '../../../backend/config.ts'
import { CONFIG_FILE, fixedSettings, loadConfig } from '../../../backend/config-sources.ts'
import { createLanguageModel } from '../../../backend/engines/registry.ts'
import { systemClock } from '../../../backend/lib/clock.ts'
import { Settings } from '../../../backend/settings/settings.ts'
import { answers, type FakeChatServer, says, startFakeChatServer } from '../../support/fake-chat-server.ts'
import { fakeEngines, startTestApp, type TestApp } from '../../support/test-app.ts'

let dataDir: string
let llm: FakeChatServer
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'troupe-settings-'))
  llm = await startFakeChatServer()
})
afterEach(async () => {
  await llm[Symbol.asyncDispose]()
  await rm(dataDir, { recursive: true })
})

interface House extends AsyncDisposable {
  readonly config: Config
  readonly switched: string[]
  readonly url: string
  ask(method: string, path: string, body?: unknown): Promise<{ status: number; told: unknown }>
}

/** A server whose settings file holds this. */
async function house(
  options: {
    file?: object
    env?: Record<string, string>
  } = {},
): Promise<House> {
  if (options.file) await writeFile(join(dataDir, CONFIG_FILE), JSON.stringify(options.file))
  const env = { TROUPE_DATA_DIR: dataDir, ...options.env }
  const config = loadConfig([], env)
  const engines = fakeEngines()
  const switched: string[] = []
  const settings = new Settings({
    path: join(dataDir, CONFIG_FILE),
    fixed: fixedSettings([], env),
    load: (text) => loadConfig([], env, text),
    config,
    engines,
    createModel: (chosen) => createLanguageModel(chosen, systemClock),
    switchModel: ({ llm_model: model }) => switched.push(model ?? ''),
    clock: systemClock,
  })
  const app: TestApp = await startTestApp({ config, engines, settings })
  return {
    config,
    switched,
    url: app.url,
    async ask(method, path, body) {
      const json = body === undefined ? {} : { body: JSON.stringify(body) }
      const headers = body === undefined ? {} : { 'content-type': 'application/json' }
      const response = await fetch(app.url + path, { method, headers, ...json })
      return { status: response.status, told: await response.json() }
    },
    [Symbol.asyncDispose]: () => app[Symbol.asyncDispose](),
  }
}

async function stored(): Promise<unknown> {
  return JSON.parse(await readFile(join(dataDir, CONFIG_FILE), 'utf8'))
}

describe('/api/settings', () => {
  it('tells everything but the keys', async () => {
    const file = {
      llm_base_url: llm.baseUrl,
      llm_api_key: 'secret-1',
      llm_fallback_models: ['small'],
      llm_fallbacks: [{ base_url: 'https://elsewhere.example/v1', api_key: 'secret-2', model: 'large' }],
    }
    await using troupe = await house({ file })
    const { told } = await troupe.ask('GET', '/api/settings')
    expect(told).toMatchObject({
      llm: 'auto',
      llm_base_url: llm.baseUrl,
      has_api_key: true,
      llm_fallbacks: [
        { model: 'small', has_api_key: false },
        { base_url: 'https://elsewhere.example/v1', model: 'large', has_api_key: true },
      ],
      fixed: {},
      needs_restart: false,
    })
    expect(JSON.stringify(told)).not.toContain('secret')
  })

  it('keeps what is changed in the file, lets the model change at once, and leaves the rest alone', async () => {
    await using troupe = await house({ file: { $schema: 'x', end_of_turn_silence_ms: 700 } })
    const patch = {
      llm_base_url: llm.baseUrl,
      llm_model: 'fake-model',
      llm_settings: { temperature: 0.7 },
      llm_presets: [{ name: 'Calm', settings: { temperature: 0.3 } }],
    }
    const { status, told } = await troupe.ask('PATCH', '/api/settings', patch)
    expect([status, told]).toMatchObject([200, { ...patch, needs_restart: false }])
    expect(await stored()).toEqual({ $schema: 'x', end_of_turn_silence_ms: 700, ...patch })
    expect(troupe.switched).toEqual(['fake-model'])
    // New conversations read the same object.
    expect(troupe.config.llm_settings).toEqual({ temperature: 0.7 })
    const { told: without } = await troupe.ask('PATCH', '/api/settings', { llm_model: null })
    expect(without).not.toHaveProperty('llm_model')
    expect(troupe.config.llm_model).toBeUndefined()
  })

  it('puts fallbacks in one order, and a known one keeps its key', async () => {
    const elsewhere = { base_url: 'https://elsewhere.example/v1', model: 'large' }
    const file = {
      llm_fallback_models: ['small'],
      llm_fallbacks: [{ ...elsewhere, api_key: 'secret-2' }],
    }
    await using troupe = await house({ file })
    const { told } = await troupe.ask('PATCH', '/api/settings', {
      llm_fallbacks: [elsewhere, { model: 'small' }],
    })
    expect(told).toMatchObject({ llm_fallbacks: [{ ...elsewhere, has_api_key: true }, { model: 'small' }] })
    expect(await stored()).toEqual({
      llm_fallbacks: [{ ...elsewhere, api_key: 'secret-2' }, { model: 'small' }],
    })
  })

  it('does not take a key along to another server', async () => {
    await using troupe = await house({ file: { llm_base_url: llm.baseUrl, llm_api_key: 'secret-1' } })
    const { told } = await troupe.ask('PATCH', '/api/settings', { llm_base_url: 'http://127.0.0.1:9/v1' })
    expect(told).toMatchObject({ has_api_key: false })
    expect(await stored()).toEqual({ llm_base_url: 'http://127.0.0.1:9/v1' })
  })

  it('refuses what the environment decides, and says where it is set', async () => {
    await using troupe = await house({ env: { TROUPE_LLM_MODEL: 'given' } })
    expect((await troupe.ask('GET', '/api/settings')).told).toMatchObject({
      fixed: { llm_model: 'TROUPE_LLM_MODEL' },
    })
    expect(await troupe.ask('PATCH', '/api/settings', { llm_model: 'other' })).toMatchObject({
      status: 422,
      told: { error: expect.stringContaining('TROUPE_LLM_MODEL') },
    })
  })

  it.each([
    [{ llm_base_url: 'not an address' }, 'llm_base_url'],
    [{ llm: 'openai' }, 'llm_base_url is missing'],
    [{ llm_settings: { temperature: 9 } }, 'llm_settings.temperature'],
    [{ port: 1 }, 'port'],
  ])('refuses %j in words, and changes nothing', async (patch, words) => {
    await using troupe = await house({ file: { port: 1234 } })
    const { status, told } = await troupe.ask('PATCH', '/api/settings', patch)
    expect([status, told]).toMatchObject([422, { code: 'invalid', error: expect.stringContaining(words) }])
    expect(await stored()).toEqual({ port: 1234 })
    expect(troupe.switched).toEqual([])
  })

  it('loses none of several changes that arrive together', async () => {
    await using troupe = await house()
    await Promise.all([
      troupe.ask('PATCH', '/api/settings', { llm_base_url: llm.baseUrl }),
      troupe.ask('PATCH', '/api/settings', { llm_model: 'fake-model' }),
      troupe.ask('PATCH', '/api/settings', { llm_context_tokens: 4_096 }),
    ])
    expect(await stored()).toEqual({
      llm_base_url: llm.baseUrl,
      llm_model: 'fake-model',
      llm_context_tokens: 4_096,
    })
  })
})

describe('/api/models/test', () => {
  it('shows the first words and how long they took, with a server that is not set yet', async () => {
    await using troupe = await house()
    llm.script = says('Good evening, everybody.')
    const { status, told } = await troupe.ask('POST', '/api/models/test', {
      llm_base_url: llm.baseUrl,
      llm_api_key: 'secret-3',
      llm_model: 'fake-model',
    })
    expect([status, told]).toMatchObject([
      200,
      { model: 'fake-model', text: 'Good evening, everybody.', ttft_ms: expect.any(Number) },
    ])
    expect(llm.lastRequest.authorization).toBe('Bearer secret-3')
    expect(troupe.config.llm_base_url).toBeUndefined()
  })

  it('does not show the key of one server to another', async () => {
    const file = { llm_base_url: 'http://127.0.0.1:9/v1', llm_api_key: 'secret-1' }
    await using troupe = await house({ file })
    await troupe.ask('POST', '/api/models/test', { llm_base_url: llm.baseUrl, llm_model: 'fake-model' })
    expect(llm.lastRequest.authorization ?? '').not.toContain('secret-1')
  })

  it('says what the server says is wrong', async () => {
    await using troupe = await house({ file: { llm_base_url: llm.baseUrl, llm_model: 'fake-model' } })
    llm.script = answers(401, { error: { message: 'bad key' } })
    const { status, told } = await troupe.ask('POST', '/api/models/test', {})
    expect(status).toBe(502)
    expect(told).toMatchObject({ code: 'engine_rejected', error: expect.any(String) })
  })

  it('leaves the model when it has heard enough', async () => {
    await using troupe = await house({ file: { llm_base_url: llm.baseUrl, llm_model: 'fake-model' } })
    llm.script = says(Array.from({ length: 500 }, () => 'word '))
    const { told } = await troupe.ask('POST', '/api/models/test', {})
    expect(told).toMatchObject({ text: expect.stringMatching(/^(word ?){24,40}$/) })
    await expect.poll(() => llm.openCalls).toBe(0)
  })
})

describe('/api/models', () => {
  it('lists what the engine that runs knows', async () => {
    await using troupe = await house()
    const { status, told } = await troupe.ask('GET', '/api/models')
    expect([status, told]).toMatchObject([200, [{ id: expect.any(String), is_default: true }]])
  })

  it('lists those of a server that is not set yet', async () => {
    await using troupe = await house()
    const draft = { llm_base_url: llm.baseUrl, llm_model: 'fake-model' }
    const { told } = await troupe.ask('POST', '/api/models/list', draft)
    expect(told).toMatchObject([{ id: 'fake-model', is_default: true }])
  })
})
