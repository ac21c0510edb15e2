import { APIConnectionError, APIConnectionTimeoutError, APIError, APIUserAbortError } from 'openai'
import { expect, test } from 'vitest'
import { engineLabel, engineTimeout, openAiError } from '../../../backend/engines/openai-errors.ts'
import { AppError } from '../../../backend/errors.ts'

const ENGINE = engineLabel('speech', 'http://localhost:8880/v1')

function answered(status: number, body: object = {}): APIError {
  return APIError.generate(status, body, undefined, new Headers())
}

function fetchFailed(code: string): APIConnectionError {
  const system = Object.assign(new Error(code), { code })
  return new APIConnectionError({ cause: new TypeError('fetch failed', { cause: system }) })
}

test('engineLabel() names the kind and the host, without path or password', () => {
  expect(engineLabel('speech', 'https://me:secret@example.org/v1')).toBe('speech engine at example.org')
  expect(engineLabel('speech', 'nonsense')).toBe('speech engine at nonsense')
})

test.each([
  [answered(400), 'engine_rejected'],
  [answered(401), 'engine_rejected'],
  [answered(403), 'engine_rejected'],
  [answered(404), 'engine_rejected'],
  [answered(408), 'engine_timeout'],
  [answered(422), 'engine_rejected'],
  [answered(429), 'engine_rate_limited'],
  [answered(500), 'engine_failed'],
  [answered(503), 'engine_failed'],
  [fetchFailed('ECONNREFUSED'), 'engine_unavailable'],
  [fetchFailed('ENOTFOUND'), 'engine_unavailable'],
  [fetchFailed('ECONNRESET'), 'engine_failed'],
  [fetchFailed('UND_ERR_HEADERS_TIMEOUT'), 'engine_timeout'],
  [new APIConnectionTimeoutError(), 'engine_timeout'],
  [new APIUserAbortError(), 'engine_timeout'],
  [new TypeError('terminated'), 'engine_failed'],
  ['a string', 'engine_failed'],
])('openAiError() maps %s to %s and keeps the cause', (thrown, code) => {
  const error = openAiError(ENGINE, thrown)
  expect(error).toBeInstanceOf(AppError)
  expect(error.code).toBe(code)
  expect(error.cause).toBe(thrown)
  expect(error.message).toContain('speech engine at localhost:8880')
})

test('openAiError() finds the code when all addresses of a host refused', () => {
  const refused = Object.assign(new Error('refused'), { code: 'ECONNREFUSED' })
  const error = openAiError(ENGINE, new TypeError('fetch failed', { cause: new AggregateError([refused]) }))
  expect(error.code).toBe('engine_unavailable')
})

test('openAiError() quotes what the server says of a bad request, in one short line', () => {
  const message = `model "x"\n  not found ${'!'.repeat(500)}`
  const error = openAiError(ENGINE, answered(404, { error: { message } }))
  expect(error.message).toContain('(404, model "x" not found !!!')
  expect(error.message.length).toBeLessThan(400)
})

test('openAiError() does not quote the answer to a wrong key', () => {
  const error = openAiError(ENGINE, answered(401, { error: { message: 'wrong key sk-123' } }))
  expect(error.message).not.toContain('sk-123')
})

test('openAiError() passes an AppError through', () => {
  const timeout = engineTimeout(ENGINE, 10_000)
  expect(openAiError(ENGINE, timeout)).toBe(timeout)
  expect(timeout.message).toContain('sent nothing for 10 s')
})
