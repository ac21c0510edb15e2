import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, type Locator } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { launchChromium } from '../support/chromium.ts'
import { ServerProcess } from '../support/server-process.ts'
import { TroupePage } from '../support/troupe-page.ts'

let browser: Browser
beforeAll(async () => {
  browser = await launchChromium()
})
afterAll(async () => {
  await browser.close()
})

const PHONE = { width: 360, height: 740 }

/** How far the page could be scrolled sideways. */
async function overflow(troupe: TroupePage): Promise<number> {
  return troupe.page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
}

async function expectReachable(control: Locator): Promise<void> {
  await control.waitFor()
  const box = await control.boundingBox()
  if (!box) throw new Error(`${String(control)} has no place on the page`)
  expect(box.x).toBeGreaterThanOrEqual(0)
  expect(box.y).toBeGreaterThanOrEqual(0)
  expect(box.x + box.width).toBeLessThanOrEqual(PHONE.width)
  expect(box.y + box.height).toBeLessThanOrEqual(PHONE.height)
}

describe('on a page of 360 pixels', () => {
  it('everything is reachable without scrolling sideways', async () => {
    await using troupe = await TroupePage.open(browser, inject('troupeUrl'), { size: PHONE })
    const { page, wire } = troupe
    await expectReachable(troupe.composer)
    await expectReachable(troupe.button('Talk'))
    expect(await overflow(troupe)).toBe(0)
    await troupe.write('Tell me a story')
    await troupe.untilSound(0)
    await expectReachable(troupe.button('Stop'))
    expect(await overflow(troupe)).toBe(0)
    await troupe.button('Stop').click()
    await wire.event('turn_ended')
    await troupe.button('Talk').click()
    await wire.event('listening_started')
    const controls = page.getByRole('toolbar', { name: 'Call' }).getByRole('button')
    const names = ['Mute the microphone', 'Hold to talk', 'Stop speaking', 'Write instead', 'Hang up']
    for (const name of names) await expectReachable(troupe.button(name))
    for (const control of await controls.all()) await expectReachable(control)
    expect(await overflow(troupe)).toBe(0)
    await troupe.button('Hang up').click()
    await page.goto(`${inject('troupeUrl')}/characters`)
    await page.getByRole('main').getByRole('link', { name: /^Nora/ }).waitFor()
    expect(await overflow(troupe)).toBe(0)
    await page.getByRole('main').getByRole('link', { name: /^Nora/ }).click()
    await page.getByRole('textbox', { name: 'Name' }).waitFor()
    expect(await overflow(troupe)).toBe(0)
  })
})

describe('the characters', () => {
  it('can be written, changed and called to the stage', async () => {
    await using troupe = await TroupePage.open(browser, inject('troupeUrl'), { path: '/characters' })
    const { page, wire } = troupe
    await page.getByRole('main').getByRole('link', { name: /^Nora/ }).waitFor()
    await page.getByRole('button', { name: 'New character' }).click()
    await page.getByRole('textbox', { name: 'Name' }).fill('Zelda')
    await page.getByRole('textbox', { name: 'Personality' }).fill('Counts everything twice.')
    await page.getByRole('button', { name: 'Create' }).click()
    const { data: created } = await wire.event('character_created')
    expect(created).toMatchObject({ name: 'Zelda', personality: 'Counts everything twice.' })

    await expect.poll(() => new URL(page.url()).pathname).toBe(`/characters/${created.id}`)
    const from = wire.events.length
    await page.getByRole('textbox', { name: 'Description' }).fill('An accountant of the stars.')
    const { data: updated } = await wire.event('character_updated', { from })
    expect(updated).toMatchObject({ id: created.id, description: 'An accountant of the stars.' })

    await page.goto(`${inject('troupeUrl')}/`)
    await troupe.button('Call someone').click()
    const picker = page.getByRole('dialog', { name: 'Call someone to the stage' })
    const zelda = picker.getByRole('switch', { name: /Zelda/ })
    await zelda.click()
    await expect.poll(() => zelda.getAttribute('aria-checked')).toBe('true')
    await page.keyboard.press('Escape')
    await page.getByRole('complementary', { name: 'Cast' }).getByText('Zelda').waitFor()
    expect(troupe.faults).toEqual([])
  })
})

describe('a lost connection', () => {
  it('is told, comes back by itself, and the conversation goes on', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'troupe-lost-'))
    try {
      await using server = await ServerProcess.start(dataDir)
      await using troupe = await TroupePage.open(browser, server.url)
      const from = await troupe.write('My name is Robin. Good evening, @Nora!')
      await troupe.wire.event('turn_ended', { from })
      const banner = troupe.page.getByText('The line to the server is down')
      await server.end('SIGKILL')
      await banner.waitFor()
      const before = troupe.wire.events.length
      await using _again = await ServerProcess.start(dataDir, {}, Number(new URL(server.url).port))
      await troupe.wire.event('ready', { from: before })
      await banner.waitFor({ state: 'hidden' })
      expect(await troupe.script.getByRole('article').count()).toBe(2)
      const again = await troupe.write('What is my name, @Nora?')
      const { data } = await troupe.wire.event('text_stream_stop', { from: again })
      expect(data.text).toContain('Robin')
      await troupe.wire.event('turn_ended', { from: again })
      await expect.poll(() => troupe.script.getByRole('article').count()).toBe(4)
      expect(troupe.faults).toEqual([])
    } finally {
      rmSync(dataDir, { recursive: true, force: true })
    }
  })
})
