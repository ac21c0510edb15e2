import { rm } from 'node:fs/promises'
import { type Browser, type Locator } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launchChromium } from '../support/chromium.ts'
import { idOf, type LongTalk, seedLongTalk } from '../support/seeded-long.ts'
import { ServerProcess } from '../support/server-process.ts'
import { TroupePage } from '../support/troupe-page.ts'

const LINES = 100_000
const MOST_HEAP_BYTES = 80e6

let browser: Browser
let talk: LongTalk
let server: ServerProcess
beforeAll(async () => {
  talk = await seedLongTalk(LINES)
  server = await ServerProcess.start(talk.dataDir)
  browser = await launchChromium()
})
afterAll(async () => {
  await browser.close()
  await server.end('SIGTERM')
  await rm(talk.dataDir, { recursive: true, force: true })
})

const open = (query = ''): Promise<TroupePage> =>
  TroupePage.open(browser, server.url, { path: `/c/${talk.longId}`, query })

const line = (troupe: TroupePage, index: number): Locator =>
  troupe.script.getByText(`Line ${index}.`, { exact: false })

const isInView = (locator: Locator): Promise<boolean> =>
  locator.evaluate((element) => {
    const { top, bottom } = element.getBoundingClientRect()
    return top >= 0 && bottom <= window.innerHeight
  })

describe('a conversation of a hundred thousand lines', () => {
  it('opens at its end, goes to its beginning and back by key, and is not held whole', async () => {
    await using troupe = await open()
    const last = line(troupe, LINES - 1)
    await last.waitFor()
    await expect.poll(() => isInView(last)).toBe(true)
    await expect
      .poll(() => troupe.script.getByRole('article').last().getAttribute('aria-setsize'))
      .toBe(String(LINES))
    expect(await isInView(last)).toBe(true)

    await troupe.script.focus()
    await troupe.page.keyboard.press('Home')
    await line(troupe, 0).waitFor()
    await expect.poll(() => isInView(line(troupe, 0))).toBe(true)
    await troupe.page.keyboard.press('End')
    await expect.poll(() => isInView(last)).toBe(true)

    for (const part of [0.1, 0.9, 0.35, 0.62, 0.5]) {
      await troupe.script.evaluate((element, to) => {
        element.scrollTop = element.scrollHeight * to
      }, part)
      await troupe.script
        .getByText(/^Line \d+\./)
        .first()
        .waitFor()
    }
    expect(await troupe.script.getByRole('article').count()).toBeLessThan(60)
    expect(await heapBytes(troupe)).toBeLessThan(MOST_HEAP_BYTES)
    expect(troupe.faults).toEqual([])
  })

  it('is opened at the line that a link names, and the reader stays there while others write', async () => {
    await using troupe = await open(`m=${idOf(50_000)}`)
    const named = line(troupe, 50_000)
    await named.waitFor()
    await expect.poll(() => isInView(named)).toBe(true)
    await expect
      .poll(() => troupe.page.evaluate(() => document.activeElement?.getAttribute('data-message')))
      .toBe(idOf(50_000))
    expect(
      await troupe.script
        .getByRole('article')
        .and(troupe.page.locator(':focus'))
        .getAttribute('aria-posinset'),
    ).toBe('50001')

    const before = await named.boundingBox()
    await fetch(`${server.url}/api/conversations/${talk.longId}/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ role: 'user', name: 'You', content: 'Written elsewhere.' }),
    })
    await troupe.button('1 new').waitFor()
    expect(await named.boundingBox()).toEqual(before)
    await troupe.button('1 new').click()
    const written = troupe.script.getByText('Written elsewhere.')
    await written.waitFor()
    await expect.poll(() => isInView(written)).toBe(true)
    expect(troupe.faults).toEqual([])
  })

  it('is walked through line by line with the arrows; what is deleted can be had back at its place', async () => {
    await using troupe = await open(`m=${idOf(30_000)}`)
    const { page } = troupe
    const focused = () => page.evaluate(() => document.activeElement?.getAttribute('data-message'))
    await expect.poll(focused, { timeout: 20_000 }).toBe(idOf(30_000))
    await page.keyboard.press('ArrowUp')
    await expect.poll(focused).toBe(idOf(29_999))
    await page.keyboard.press('.')
    await page.getByRole('menuitem', { name: 'Delete' }).press('Enter')
    await expect.poll(() => line(troupe, 29_999).count()).toBe(0)
    await troupe.button('Undo').press('Enter')
    await line(troupe, 29_999).waitFor()
    const texts = await troupe.script.getByText(/^Line \d+\./).allInnerTexts()
    const numbers = texts.map((text) => Number(/\d+/.exec(text)?.[0]))
    expect(numbers).toEqual(numbers.toSorted((one, other) => one - other))
    expect(numbers).toContain(29_999)
    expect(troupe.faults).toEqual([])
  })
})

async function heapBytes(troupe: TroupePage): Promise<number> {
  const session = await troupe.page.context().newCDPSession(troupe.page)
  await session.send('HeapProfiler.collectGarbage')
  const { usedSize } = await session.send('Runtime.getHeapUsage')
  return usedSize
}
