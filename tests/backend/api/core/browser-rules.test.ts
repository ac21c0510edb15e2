import { hostname } from 'node:os'
import { describe, expect, test } from 'vitest'
import { isHostAllowed, isOriginAllowed } from '../../../../backend/api/core/browser-rules.ts'

const rules = { allowedHosts: ['troupe.example'], allowedOrigins: ['https://pages.example'] }

describe('The name by which a door is called', () => {
  test.each([
    'localhost:11434',
    'LOCALHOST',
    '127.0.0.1:1234',
    '[::1]:11434',
    '192.168.1.20:11434',
    '10.0.0.7',
    '0.0.0.0:11434',
    'studio.local',
    'ollama.internal:11434',
    'app.localhost',
    'troupe.example:11434',
    hostname(),
    undefined,
  ])('may be %s', (host) => {
    expect(isHostAllowed(host, rules)).toBe(true)
  })

  test.each(['evil.example', 'localhost.evil.example', '8.8.8.8', '[2606:4700::1111]:11434', 'notlocal'])(
    'may not be %s',
    (host) => {
      expect(isHostAllowed(host, rules)).toBe(false)
    },
  )
})

describe('Pages', () => {
  test.each([
    'http://localhost',
    'http://localhost:3000',
    'https://127.0.0.1:8443',
    'http://0.0.0.0:5000',
    'app://obsidian.md',
    'file://x',
    'tauri://localhost',
    'vscode-webview://abc',
    'https://pages.example',
    'http://192.168.1.20:11434',
  ])('of %s may use it', (origin) => {
    expect(isOriginAllowed(origin, '192.168.1.20:11434', rules)).toBe(true)
  })

  test.each(['https://evil.example', 'null', 'http://localhost.evil.example', 'http://192.168.1.20:80', ''])(
    'of %s may not',
    (origin) => {
      expect(isOriginAllowed(origin, '192.168.1.20:11434', rules)).toBe(false)
    },
  )

  test('of everywhere may, where the settings say so', () => {
    expect(isOriginAllowed('https://any.example', 'x', { allowedHosts: [], allowedOrigins: ['*'] })).toBe(
      true,
    )
  })
})
