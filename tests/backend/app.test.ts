import { request } from 'node:http'
import { describe, expect, it } from 'vitest'
import { startTestApp } from '../support/test-app.ts'

/** The status of a GET whose request line is sent exactly as given. */
function statusOf(url: string, target: string, headers: Record<string, string> = {}): Promise<number> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve, reject) => {
    const asked = request({ hostname, port, path: target, headers }, (response) => {
      response.resume()
      resolve(response.statusCode ?? 0)
    })
    asked.once('error', reject)
    asked.end()
  })
}

describe('the application', () => {
  it('asks for the token however the address is written', async () => {
    await using app = await startTestApp({ token: 'open-sesame' })
    const written = ['/api/voices', '/%61pi/voices', '/api/v%6fices', `${app.url}/api/voices`]
    for (const target of [...written, '/metrics', '/%6Detrics', '/api/nothing']) {
      expect([target, await statusOf(app.url, target)]).toEqual([target, 401])
      const withToken = await statusOf(app.url, target, { authorization: 'Bearer open-sesame' })
      expect(withToken).not.toBe(401)
    }
  })

  it('takes a cookie that cannot be read for none', async () => {
    await using app = await startTestApp({ token: 'open-sesame' })
    expect(await statusOf(app.url, '/api/voices', { cookie: 'troupe_token=%' })).toBe(401)
  })

  it('protects the page under each of its names', async () => {
    await using app = await startTestApp()
    const headersOf = async (path: string) => {
      const { headers } = await fetch(app.url + path, { headers: { accept: 'text/html' } })
      return ['content-security-policy', 'referrer-policy', 'x-content-type-options'].map((name) =>
        headers.get(name),
      )
    }
    const atTheRoot = await headersOf('/')
    expect(await headersOf('/index.html')).toEqual(atTheRoot)
    expect(await headersOf('/conversations/somewhere')).toEqual(atTheRoot)
  })
})
