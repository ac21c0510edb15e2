import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { launchChromium } from '../support/chromium.ts'
import { ServerProcess } from '../support/server-process.ts'
import { TroupePage } from '../support/troupe-page.ts'

/** Not an address of this machine, so that nothing is allowed for being local. */
const ELSEWHERE = '192.168.178.20'

it(
  'has a microphone on another device over https, where plain http leads',
  { timeout: 180_000 },
  async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'troupe-https-'))
    try {
      await using server = await ServerProcess.start(dataDir, { HOST: '0.0.0.0', TROUPE_HTTPS: 'true' })
      const token = (await readFile(join(dataDir, 'token'), 'utf8')).trim()
      const browser = await launchChromium(undefined, [`--host-resolver-rules=MAP ${ELSEWHERE} 127.0.0.1`])
      try {
        const address = `${ELSEWHERE}:${new URL(server.url).port}`
        await using troupe = await TroupePage.open(browser, `https://${address}`, { query: `token=${token}` })
        expect(await troupe.page.evaluate(() => window.isSecureContext)).toBe(true)
        await troupe.button('Talk').click()
        await troupe.wire.event('listening_started')
        await troupe.button('Hang up').click()
        await troupe.page.goto(`http://${address}/settings/about`)
        expect(troupe.page.url()).toBe(`https://${address}/settings/about`)
        expect(troupe.faults).toEqual([])
      } finally {
        await browser.close()
      }
    } finally {
      await rm(dataDir, { recursive: true, force: true })
    }
  },
)
