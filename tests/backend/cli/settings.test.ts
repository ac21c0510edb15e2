import { describe, expect, test } from 'vitest'
import { serverUrl } from '../../../backend/cli/server.ts'
import { ollamaUrl, settingsEnvironment } from '../../../backend/cli/settings.ts'
import { readSettings } from '../../../backend/cli/model-settings.ts'
import { loadConfig } from '../../../backend/config-sources.ts'

describe('settingsEnvironment()', () => {
  test('knows the names that other chat programs use', () => {
    const env = settingsEnvironment({
      OLLAMA_HOST: 'gpu-box',
      OLLAMA_MODEL: 'qwen3',
      RETRY_MAX_ATTEMPTS: '4',
    })
    expect(loadConfig(['--data-dir', '/nowhere'], env)).toMatchObject({
      llm_base_url: 'http://gpu-box:11434/v1',
      llm_model: 'qwen3',
    })
  })

  test('lets our own names win over them, and flags over both', () => {
    const env = settingsEnvironment({ OLLAMA_MODEL: 'qwen3', TROUPE_LLM_MODEL: 'gemma' })
    expect(loadConfig(['--data-dir', '/nowhere'], env).llm_model).toBe('gemma')
    expect(loadConfig(['--data-dir', '/nowhere', '--llm-model', 'phi'], env).llm_model).toBe('phi')
  })

  test('takes an empty variable for none, and keeps what is its own to itself', () => {
    const env = settingsEnvironment({ OLLAMA_MODEL: 'qwen3', TROUPE_LLM_MODEL: '', TROUPE_URL: 'http://x' })
    expect(loadConfig(['--data-dir', '/nowhere'], env).llm_model).toBe('qwen3')
    expect(env).not.toHaveProperty('TROUPE_URL')
  })
})

describe('ollamaUrl()', () => {
  test.each([
    ['gpu-box', 'http://gpu-box:11434/v1'],
    ['gpu-box:8080', 'http://gpu-box:8080/v1'],
    ['0.0.0.0', 'http://127.0.0.1:11434/v1'],
    ['0.0.0.0:9999', 'http://127.0.0.1:9999/v1'],
    [':9999', 'http://127.0.0.1:9999/v1'],
    ['http://gpu-box:80', 'http://gpu-box/v1'],
    ['https://ollama.example', 'https://ollama.example/v1'],
    ['https://example.org/ollama/', 'https://example.org/ollama/v1'],
    ['http://127.0.0.1:11434/v1', 'http://127.0.0.1:11434/v1'],
  ])('reads %s', (given, url) => {
    expect(ollamaUrl(given)).toBe(url)
  })
})

describe('serverUrl()', () => {
  test.each([
    ['localhost:8000', 'http://localhost:8000'],
    ['http://box:8000/', 'http://box:8000'],
    ['https://example.org/troupe/', 'https://example.org/troupe'],
    ['ws://box:8000', 'http://box:8000'],
  ])('reads %s', (given, url) => {
    expect(serverUrl(given)).toBe(url)
  })

  test('refuses what is no address', () => {
    expect(() => serverUrl('http://')).toThrow('is not an address')
  })
})

describe('readSettings()', () => {
  test('reads numbers, words and lists', () => {
    expect(readSettings(['temperature=0.5', 'max-tokens=100', 'stop=a,b', 'reasoning_effort=low'])).toEqual({
      temperature: 0.5,
      max_tokens: 100,
      stop: ['a', 'b'],
      reasoning_effort: 'low',
    })
  })

  test.each(['temperature', 'warmth=1', 'temperature=', 'temperature=hot', 'top_p=7'])(
    'refuses %s',
    (pair) => {
      expect(() => readSettings([pair])).toThrow(/is no setting|There is no setting|cannot be/)
    },
  )
})
