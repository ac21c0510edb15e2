import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { launchChromium } from '../support/chromium.ts'
import { Keys } from '../support/keys.ts'
import { ServerProcess } from '../support/server-process.ts'
import { TroupePage } from '../support/troupe-page.ts'

let browser: Browser
beforeAll(async () => {
  browser = await launchChromium()
})
afterAll(async () => {
  await browser.close()
})

async function onOwnServer(act: (server: ServerProcess) => Promise<void>): Promise<void> {
  const dataDir = await mkdtemp(join(tmpdir(), 'troupe-house-'))
  try {
    await using server = await ServerProcess.start(dataDir)
    await act(server)
  } finally {
    await rm(dataDir, { recursive: true, force: true })
  }
}

describe('the house', () => {
  it('is gone through by keys alone: the palette, the ways, the list of keys, the settings', async () => {
    await using troupe = await TroupePage.open(browser, inject('troupeUrl'))
    const { page } = troupe
    await page.keyboard.press('Control+k')
    const palette = page.getByRole('dialog', { name: 'Find or do' })
    await palette.waitFor()
    await page.keyboard.type('nora')
    await palette.getByRole('option', { name: 'Nora', exact: true }).first().waitFor()
    for (let left = 4; left > 0; left -= 1) await page.keyboard.press('Backspace')
    await page.keyboard.type('appear')
    await palette.getByRole('option', { name: 'Settings: Appearance' }).waitFor()
    await page.keyboard.press('Enter')
    await expect.poll(() => new URL(page.url()).pathname).toBe('/settings/appearance')
    await page.getByRole('heading', { name: 'Appearance' }).waitFor()
    expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('MAIN')

    await page.getByRole('radio', { name: 'Night' }).focus()
    await page.keyboard.press('Space')
    await expect.poll(() => page.evaluate(() => document.documentElement.dataset['theme'])).toBe('dark')
    await page.locator('main').focus()
    await page.keyboard.press('g')
    await page.keyboard.press('a')
    await expect.poll(() => new URL(page.url()).pathname).toBe('/characters')
    await page.keyboard.press('?')
    const keys = page.getByRole('dialog', { name: 'Keys' })
    await keys.getByText('Find or do anything').waitFor()
    await page.keyboard.press('Escape')
    await keys.waitFor({ state: 'hidden' })
    expect(await page.title()).toBe('Characters · Troupe')
    expect(troupe.faults).toEqual([])
  })

  it('speaks German when it is asked to, and remembers it', async () => {
    await using troupe = await TroupePage.open(browser, inject('troupeUrl'), { path: '/settings/appearance' })
    const { page } = troupe
    await page.getByRole('combobox', { name: 'Language' }).click()
    await page.getByRole('option', { name: 'Deutsch' }).click()
    await page.getByRole('heading', { name: 'Einstellungen' }).waitFor()
    await page.reload()
    await page.getByRole('heading', { name: 'Aussehen' }).waitFor()
    expect(await page.evaluate(() => document.documentElement.lang)).toBe('de')
    expect(await page.title()).toBe('Aussehen · Einstellungen · Troupe')
    expect(troupe.faults).toEqual([])
  })

  it('has one call at a time: another tab takes it over, and it can be had back', async () => {
    await using troupe = await TroupePage.open(browser, inject('troupeUrl'))
    await troupe.button('Talk').click()
    await troupe.wire.event('listening_started')
    const other = await troupe.page.context().newPage()
    await other.goto(`${inject('troupeUrl')}/?tap=1`)
    await other.getByRole('button', { name: 'Talk', exact: true }).click()
    await troupe.page.getByText('The call goes on in another tab.').waitFor()
    await troupe.button('Bring it here').click()
    await other.getByText('The call goes on in another tab.').waitFor()
    await troupe.button('Hang up').click()
    expect(troupe.faults).toEqual([])
  })

  it('opens without its server, and says that there is none', async () => {
    await onOwnServer(async (server) => {
      const context = await browser.newContext()
      const page = await context.newPage()
      await page.goto(server.url)
      await page.evaluate(async () => void (await navigator.serviceWorker.ready))
      await expect.poll(() => page.evaluate(() => navigator.serviceWorker.controller !== null)).toBe(true)
      await server.end('SIGTERM')
      await page.goto(`${server.url}/settings/about`)
      await page.getByText('No connection to the server.').waitFor()
      await page.getByRole('heading', { name: 'Settings' }).waitFor()
      await context.close()
    })
  })

  it('shows a first visitor around by keys alone, until somebody says hello aloud', async () => {
    await onOwnServer(async (server) => {
      const context = await browser.newContext({ permissions: ['microphone'] })
      const page = await context.newPage()
      await page.goto(server.url)
      const steps = page.getByRole('region', { name: 'First steps' })
      const keys = new Keys(page)
      await keys.use(page.getByRole('button', { name: 'Show me around' }))
      await keys.use(steps.getByRole('button', { name: 'Play', exact: true }))
      await keys.use(steps.getByRole('button', { name: 'I hear it' }))
      await steps.getByRole('heading', { name: 'Can they hear you?' }).waitFor()
      await page.reload()
      await keys.use(steps.getByRole('button', { name: 'I will type' }))
      await keys.use(steps.getByRole('button', { name: 'Iris' }))
      await page.waitForURL(/\/c\//u)
      const line = page.getByRole('region', { name: 'Script' }).getByRole('article')
      await expect.poll(() => line.count()).toBe(1)
      await page.getByRole('complementary', { name: 'Cast' }).getByText('speaking').waitFor()
      await page.goto(server.url)
      await page.getByRole('heading', { name: 'The stage is yours.' }).waitFor()
      expect(await page.getByRole('button', { name: 'Show me around' }).count()).toBe(0)
      await context.close()
    })
  })
})
