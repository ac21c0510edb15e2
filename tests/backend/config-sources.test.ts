import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Config } from '../../backend/config.ts'
import { CONFIG_FILE, configJsonSchema, environmentNameOf, loadConfig } from '../../backend/config-sources.ts'

let dataDir: string

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'troupe-config-'))
})

afterEach(() => rmSync(dataDir, { recursive: true }))

function load(sources: { flags?: string[]; env?: Record<string, string>; file?: unknown }): Config {
  if (sources.file !== undefined) writeFileSync(join(dataDir, CONFIG_FILE), JSON.stringify(sources.file))
  return loadConfig(sources.flags ?? [], { TROUPE_DATA_DIR: dataDir, ...sources.env })
}

describe('loadConfig()', () => {
  it('lets a flag win over the environment, that over the file, and that over the default', () => {
    expect(load({}).port).toBe(8000)
    expect(load({ file: { port: 1 } }).port).toBe(1)
    expect(load({ file: { port: 1 }, env: { PORT: '2' } }).port).toBe(2)
    expect(load({ file: { port: 1 }, env: { PORT: '2' }, flags: ['--port', '3'] }).port).toBe(3)
  })

  it('takes an empty variable as not set, and lists by commas', () => {
    expect(load({ env: { TROUPE_LLM_BASE_URL: '' } }).llm_base_url).toBeUndefined()
    expect(load({ env: { TROUPE_ALLOWED_HOSTS: 'a.example, b.example' } }).allowed_hosts).toEqual([
      'a.example',
      'b.example',
    ])
  })

  it('finds the file in the data directory that a flag names', () => {
    writeFileSync(join(dataDir, CONFIG_FILE), '{ "port": 7 }')
    expect(loadConfig(['--data-dir', dataDir], {}).port).toBe(7)
  })

  it.each([
    [{ flags: ['--prot', '1'] }, /--prot.*--port/],
    [{ env: { TROUPE_PROT: '1' } }, /TROUPE_PROT.*TROUPE_DATA_DIR/],
    [{ file: { prot: 1 } }, /"prot".*troupe\.config\.json.*port/],
    [{ env: { PORT: 'x' } }, /PORT is "x", but must be number/],
    [{ flags: ['--end-of-turn-silence-ms', '9'] }, /--end-of-turn-silence-ms is "9", but must be .*100/],
    [{ env: { TROUPE_STT: 'ears' } }, /TROUPE_STT is "ears".*"auto"\|"openai"\|"runner"\|"pocketsphinx"/],
    [{ env: { TROUPE_LLM_BASE_URL: 'localhost' } }, /TROUPE_LLM_BASE_URL is "localhost".*http/],
    [{ file: { llm_settings: { temperature: 9 } } }, /"llm_settings\.temperature".* is 9/],
    [{ env: { TROUPE_OLLAMA_VERSION: 'newest' } }, /TROUPE_OLLAMA_VERSION is "newest".*0\.12\.6/],
    [{ file: { data_dir: '/x' } }, /"data_dir" cannot stand in/],
    [{ file: [] }, /must hold one JSON object/],
  ])('refuses %j with a sentence that names key, value and what is allowed', (sources, sentence) => {
    expect(() => load(sources)).toThrow(sentence)
  })

  it('takes a switch alone or with what it is switched to', () => {
    expect(load({ flags: ['--headless', '--only', 'ollama,openai'] })).toMatchObject({
      headless: true,
      only: ['ollama', 'openai'],
    })
    expect(load({ flags: ['--https', '--port', '1'] })).toMatchObject({ https: true, port: 1 })
    expect(load({ flags: ['--openai-api', 'false', '--https'] })).toMatchObject({
      openai_api: false,
      https: true,
    })
    expect(load({ flags: ['--realtime-api=off'] }).realtime_api).toBe(false)
    expect(() => load({ flags: ['--headless', 'perhaps'] })).toThrow(/--headless is "perhaps"/u)
    expect(() => load({ flags: ['--only', 'ollama,gopher'] })).toThrow(/--only.*"gopher".*"ollama"/u)
    expect(() => load({ flags: ['--port', '--https'] })).toThrow(/--port/u)
  })

  it('does not show secrets', () => {
    expect(() => load({ env: { TROUPE_TOKEN: 'short' } })).not.toThrow(/short"/)
    expect(() => load({ file: { hf_token: ['hf_secret'] } })).toThrow(/^(?=.*hf_token)(?!.*hf_secret)/su)
  })

  it('takes an engine’s settings one by one or together', () => {
    const file = {
      llm: {
        engine: 'openai',
        base_url: 'http://localhost:1/v1',
        settings: { temperature: 0.5 },
        fallbacks: [{ base_url: 'http://localhost:2/v1', api_key: 'k', model: 'm' }],
        models: [{ id: 'm', context_tokens: 4096 }],
        max_retries: 1,
      },
      stt: { model: 'w' },
      tts: 'flite',
    }
    const config = load({ file })
    expect(config).toMatchObject({
      llm: 'openai',
      llm_base_url: 'http://localhost:1/v1',
      llm_settings: { temperature: 0.5 },
      llm_fallbacks: file.llm.fallbacks,
      llm_models: file.llm.models,
      llm_max_retries: 1,
      stt: 'auto',
      stt_model: 'w',
      tts: 'flite',
    })
    expect(load({ file, env: { TROUPE_LLM_BASE_URL: 'http://other/v1' } }).llm_base_url).toBe(
      'http://other/v1',
    )
    expect(() => load({ file: { llm: { nonsense: 1 } } })).toThrow(/"llm_nonsense".*llm_base_url/u)
    expect(() => load({ file: { llm: { model: 'a' }, llm_model: 'b' } })).toThrow(/"llm_model" stands twice/u)
  })

  it('takes lists, JSON, switches and durations from the environment', () => {
    const env = {
      TROUPE_LLM_FALLBACK_MODELS: 'a, b',
      TROUPE_LLM_FALLBACKS: '[{ "model": "c" }]',
      TROUPE_LLM_PULL_MISSING: 'true',
      TROUPE_LLM_KEEP_ALIVE: '-1',
    }
    expect(load({ env })).toMatchObject({
      llm_fallback_models: ['a', 'b'],
      llm_fallbacks: [{ model: 'c' }],
      llm_pull_missing: true,
      llm_keep_alive: '-1',
    })
    expect(load({ file: { llm_keep_alive: 300 } }).llm_keep_alive).toBe('300')
    expect(() => load({ env: { TROUPE_LLM_KEEP_ALIVE: 'soon' } })).toThrow(/TROUPE_LLM_KEEP_ALIVE is "soon"/u)
  })

  it.each([
    { file: { llm: { fallbacks: [{ model: 'm', base_url: 'nonsense', api_key: 'sk-secret' }] } } },
    { file: { llm: { fallbacks: { model: 'm', api_key: 'sk-secret' } } } },
    { file: { llm: { fallbacks: [{ model: 'm', api_key: ['sk-secret'] }] } } },
    { file: { llm: { api_key: ['sk-secret'] } } },
    { env: { TROUPE_LLM_FALLBACKS: '[{ "api_key": "sk-secret", }]' } },
  ])('does not show the keys of fallbacks: %j', (sources) => {
    expect(() => load(sources)).toThrow(/^(?!.*sk-secret)/su)
  })

  it('describes every key to editors and in the documentation', () => {
    const schema = JSON.stringify(configJsonSchema())
    const page = readFileSync(new URL('../../docs/configuration.md', import.meta.url), 'utf8')
    for (const key of Config.keyof().options.filter((name) => name !== 'llm_settings')) {
      expect(schema).toContain(`"${key}"`)
      expect(page).toContain(`| \`${key}\` |`)
      expect(page).toContain(`\`${environmentNameOf(key)}\``)
    }
  })
})
