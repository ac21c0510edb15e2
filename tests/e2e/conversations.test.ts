import { rm } from 'node:fs/promises'
import { type Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { launchChromium } from '../support/chromium.ts'
import { lines } from '../support/script-lines.ts'
import { type SeededScenes, seedScenes } from '../support/seeded-scene.ts'
import { ServerProcess } from '../support/server-process.ts'
import { TroupePage } from '../support/troupe-page.ts'

let browser: Browser
let scenes: SeededScenes
let server: ServerProcess
beforeAll(async () => {
  scenes = await seedScenes(2)
  server = await ServerProcess.start(scenes.dataDir)
  browser = await launchChromium()
})
afterAll(async () => {
  await browser.close()
  await server.end('SIGTERM')
  await rm(scenes.dataDir, { recursive: true, force: true })
})

const open = (): Promise<TroupePage> => TroupePage.open(browser, server.url, { path: '/conversations' })

it('what was said is found by its words, and a key leads to its place', async () => {
  await using troupe = await open()
  const { page } = troupe
  await page.getByRole('searchbox', { name: 'Search everything that was said' }).fill('draught does')
  const said = page.getByRole('region', { name: 'Said' })
  await said.locator('mark').first().waitFor()
  await said.getByRole('link').first().press('Enter')
  await page.waitForURL(/\/c\/.+\?m=/)
  const named = lines(troupe).and(page.locator('[data-marked="true"]'))
  await named.getByText('before the draught does', { exact: false }).waitFor()
  expect(troupe.faults).toEqual([])
})

it('a conversation is renamed, put into the archive, found there, deleted and brought back', async () => {
  await using troupe = await open()
  const { page } = troupe
  const list = page.getByRole('main').getByRole('list', { name: 'Conversations' })
  const rows = list.getByRole('listitem')
  await rows.filter({ hasText: 'The draughty theatre' }).first().getByRole('link').focus()
  await page.keyboard.press('F2')
  await page.getByRole('textbox', { name: 'Name of this conversation' }).fill('A warm theatre')
  await page.keyboard.press('Enter')
  const warm = list.getByRole('button', { name: 'More for A warm theatre' })
  await warm.click()
  await page.getByRole('menuitem', { name: 'Put into the archive' }).click()
  await warm.waitFor({ state: 'detached' })
  await page.getByRole('main').getByRole('button', { name: 'Archive', exact: true }).click()
  await warm.click()
  await page.getByRole('menuitem', { name: 'Delete' }).click()
  await warm.waitFor({ state: 'detached' })
  await troupe.button('Undo').last().click()
  await warm.waitFor()
  expect(troupe.faults).toEqual([])
})
