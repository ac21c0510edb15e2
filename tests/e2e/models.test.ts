import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { RunnersFile } from '../../backend/runners/config/model-config.ts'
import { launchChromium } from '../support/chromium.ts'
import { serves, startFileServer } from '../support/file-server.ts'
import { writeGguf } from '../support/gguf-writer.ts'
import { Keys } from '../support/keys.ts'
import { FAKE_RUNTIME } from '../support/real-runners.ts'
import { ServerProcess } from '../support/server-process.ts'
import { TroupePage } from '../support/troupe-page.ts'

let browser: Browser
let folder: string
let server: ServerProcess
beforeAll(async () => {
  browser = await launchChromium()
  folder = await mkdtemp(join(tmpdir(), 'troupe-models-'))
  await writeFile(join(folder, 'runners.json'), JSON.stringify({ runtimes: { llama: FAKE_RUNTIME } }))
  server = await ServerProcess.start(folder)
})
afterAll(async () => {
  await server.end('SIGTERM')
  await rm(folder, { recursive: true, force: true })
  await browser.close()
})

const MODEL = writeGguf({
  fields: {
    'general.architecture': { type: 'string', value: 'llama' },
    'general.name': { type: 'string', value: 'Nova' },
    'llama.context_length': { type: 'uint32', value: 4_096 },
  },
  tensors: [{ name: 'w', dimensions: [8], values: new Float32Array(8) }],
})

async function runners() {
  const text = await readFile(join(folder, 'runners.json'), 'utf8')
  return RunnersFile.parse(JSON.parse(text)).runners
}

it('a first model is fetched, set up, started, talked to, stopped and changed', async () => {
  await using files = await startFileServer(serves({ bytes: MODEL }))
  await using troupe = await TroupePage.open(browser, server.url, { path: '/models' })
  const { page } = troupe
  await page.getByRole('heading', { name: 'No model yet' }).waitFor()
  await page.getByRole('textbox', { name: 'Address of a GGUF file' }).fill(`${files.url}/Nova.gguf`)
  await troupe.button('Download').click()
  await page.getByText('On the disk ·').waitFor()
  await troupe.button('Set up Nova.gguf').click()
  await page.getByRole('heading', { name: 'nova', exact: true }).waitFor()
  expect(await runners()).toMatchObject([
    { kind: 'llama', id: 'nova', model: expect.stringMatching(/Nova\.gguf$/u) },
  ])

  await troupe.button('Start nova').click()
  await page.getByText('Ready', { exact: true }).waitFor()
  await page.getByText(/^leaves in /u).waitFor()
  await page.getByRole('textbox', { name: 'Write to nova' }).fill('Hello')
  await page.keyboard.press('Enter')
  await page.getByText('Hello there, traveller. The storm is near.').first().waitFor()
  await page.getByText(/^first token after \d.* · .* tokens\/s · \d+ tokens$/u).waitFor()

  await page.getByRole('tab', { name: 'Log' }).click()
  const log = page.getByRole('log', { name: 'Log of nova' })
  await log.getByText('model loaded').waitFor()
  await page.getByRole('searchbox', { name: 'Only lines with' }).fill('no such words')
  await page.getByText('No line has that in it.').waitFor()

  await troupe.button('Stop nova').click()
  await page.getByText('Stopped', { exact: true }).waitFor()

  await page.getByRole('tab', { name: 'Parameters' }).click()
  await page.getByRole('spinbutton', { name: 'Requests at once' }).fill('3')
  await troupe.button('Save').click()
  await page.getByText('The parameters are kept.').waitFor()
  expect(await runners()).toMatchObject([{ id: 'nova', parallel: 3 }])
  expect(troupe.faults).toEqual([])
})

it('what cannot be is told where it was written, and nobody’s changes are lost', async () => {
  await using troupe = await TroupePage.open(browser, server.url, { path: '/models/runner/nova/parameters' })
  const { page } = troupe
  await page.getByRole('textbox', { name: 'Further flags' }).fill('--port')
  await troupe.button('Save').click()
  await page
    .getByRole('alert')
    .getByText(/args.*is decided by Troupe/u)
    .waitFor()
  await page.getByRole('textbox', { name: 'Further flags' }).fill('--mlock')

  const [nova] = await runners()
  const elsewhere = {
    runtimes: { llama: FAKE_RUNTIME },
    runners: [{ kind: 'llama', id: 'nova', model: nova?.kind === 'llama' ? nova.model : '', threads: 7 }],
  }
  await writeFile(join(folder, 'runners.json'), JSON.stringify(elsewhere))
  await expect
    .poll(() => page.getByRole('spinbutton', { name: 'Threads', exact: true }).inputValue())
    .toBe('7')
  await troupe.button('Save').click()
  await page.getByText('The parameters are kept.').waitFor()
  expect(await runners()).toMatchObject([{ id: 'nova', threads: 7, args: ['--mlock'] }])

  await page.goto(`${server.url}/models/file`)
  const text = page.getByRole('textbox', { name: 'The runners file' })
  await expect.poll(() => text.inputValue()).toContain('--mlock')
  await text.fill('{ "runners": [')
  await troupe.button('Save').click()
  await page
    .getByRole('alert')
    .getByText(/it is no JSON/u)
    .waitFor()
  expect(await runners()).toMatchObject([{ id: 'nova', threads: 7 }])

  const mine = JSON.stringify({ ...elsewhere, max_running: 2 })
  await text.fill(mine)
  await writeFile(join(folder, 'runners.json'), JSON.stringify({ ...elsewhere, max_running: 3 }))
  await troupe.button('Save').click()
  await page.getByText(/^The file was changed elsewhere meanwhile/u).waitFor()
  expect(await readFile(join(folder, 'runners.json'), 'utf8')).toContain('"max_running":3')
  await troupe.button('Keep mine instead').click()
  await page.getByText('The file is kept and in force.').waitFor()
  expect(await readFile(join(folder, 'runners.json'), 'utf8')).toBe(mine)
  expect(troupe.faults).toEqual([])
})

it('by keys alone, a model is copied, deleted and had back', async () => {
  await using troupe = await TroupePage.open(browser, server.url)
  const { page } = troupe
  const keys = new Keys(page)
  await page.locator('main').focus()
  await keys.press('g', 'm')
  await keys.use(page.getByRole('link', { name: /^nova/u }))
  await page.getByRole('tab', { name: 'Talk to it' }).waitFor()
  await keys.take(troupe.button('More for nova'), page.getByRole('menuitem', { name: 'Copy' }))
  const dialog = page.getByRole('dialog', { name: 'A copy of nova' })
  await keys.fill(dialog.getByRole('textbox', { name: 'Name' }), 'Nova')
  await dialog.getByText('Another model is called that.').waitFor()
  await keys.fill(dialog.getByRole('textbox', { name: 'Name' }), 'star')
  await keys.press('Enter')
  await page.getByRole('heading', { name: 'star', exact: true }).waitFor()
  expect((await runners()).map(({ id }) => id)).toEqual(['nova', 'star'])

  await keys.take(troupe.button('More for star'), page.getByRole('menuitem', { name: 'Delete' }))
  await page.getByText(/^star is gone/u).waitFor()
  expect((await runners()).map(({ id }) => id)).toEqual(['nova'])
  await keys.use(troupe.button('Undo'))
  await page.getByRole('link', { name: /^star/u }).waitFor()
  expect((await runners()).map(({ id }) => id)).toEqual(['nova', 'star'])
  expect(troupe.faults).toEqual([])
})
