import { rm } from 'node:fs/promises'
import { type Browser, type Locator } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { launchChromium } from '../support/chromium.ts'
import { type FakeChatServer, says, startFakeChatServer } from '../support/fake-chat-server.ts'
import { Keys } from '../support/keys.ts'
import { lines } from '../support/script-lines.ts'
import { type SeededScenes, seedScenes } from '../support/seeded-scene.ts'
import { ServerProcess } from '../support/server-process.ts'
import { TroupePage } from '../support/troupe-page.ts'

/** Everything here is done by keys alone. Every test has a conversation of its own. */
const SCENES = 4

let browser: Browser
let scenes: SeededScenes
let llm: FakeChatServer
let server: ServerProcess
let conversationId: string
let scenesUsed = 0
beforeAll(async () => {
  scenes = await seedScenes(SCENES)
  llm = await startFakeChatServer()
  server = await ServerProcess.start(scenes.dataDir, { TROUPE_LLM_BASE_URL: llm.baseUrl })
  browser = await launchChromium()
})
afterAll(async () => {
  await browser.close()
  await server.end('SIGTERM')
  await llm[Symbol.asyncDispose]()
  await rm(scenes.dataDir, { recursive: true, force: true })
})
beforeEach(() => {
  conversationId = scenes.conversationIds[scenesUsed] ?? ''
  scenesUsed += 1
})

async function open(path = `/c/${conversationId}`): Promise<{ troupe: TroupePage; keys: Keys }> {
  const troupe = await TroupePage.open(browser, server.url, { path })
  return { troupe, keys: new Keys(troupe.page) }
}

const menuItem = ({ page }: TroupePage, name: string): Locator =>
  page.getByRole('menuitem', { name, exact: true })

/** Walks up to a line, counted from 0, and takes something of its menu. */
async function choose(troupe: TroupePage, index: number, words: string): Promise<void> {
  const keys = new Keys(troupe.page)
  await keys.to(troupe.script)
  await keys.along('ArrowUp', lines(troupe).nth(index))
  await keys.press('.')
  await keys.along('ArrowDown', menuItem(troupe, words))
  await keys.press('Enter')
}

describe('by keys alone, a conversation', () => {
  it('is written in: somebody is named with @, and / does what can be asked for', async () => {
    const { troupe, keys } = await open()
    await using _open = troupe
    const { page, wire } = troupe
    await lines(troupe).nth(3).waitFor()
    await keys.to(troupe.composer)
    await keys.type('@Fel')
    await page.getByRole('option', { name: 'Felix', selected: true }).waitFor()
    await keys.press('Enter')
    llm.script = says('Somebody called?')
    await keys.type('are you there?')
    await keys.press('Enter')
    await lines(troupe).nth(4).getByText('@Felix are you there?').waitFor()
    await lines(troupe).nth(5).getByText('Somebody called?').waitFor()
    await wire.event('turn_ended')

    llm.script = says('Who called?')
    await keys.type('/reg')
    await page.getByRole('option', { name: /^\/regenerate/u, selected: true }).waitFor()
    await keys.press('Enter')
    await lines(troupe).nth(5).getByText('Who called?').waitFor()
    await keys.type('/title The called one')
    await keys.press('Enter')
    await page.getByRole('heading', { name: 'The called one' }).waitFor()
    expect(troupe.faults).toEqual([])
  })

  it('is changed line by line: words, takes, branches, the trash and back', async () => {
    const { troupe, keys } = await open()
    await using _open = troupe
    const { page, wire } = troupe
    await lines(troupe).nth(3).waitFor()
    await choose(troupe, 1, 'Change the words')
    await keys.press('Control+a')
    await keys.type('Closed for the night.')
    await keys.press('Enter')
    await lines(troupe).nth(1).getByText('Closed for the night.').waitFor()

    await keys.along('ArrowDown', lines(troupe).nth(3))
    await keys.press('ArrowLeft')
    await lines(troupe).nth(3).getByText('The second take of it.').waitFor()
    llm.script = says('A farce, with seven doors.')
    await choose(troupe, 3, 'Another take')
    await lines(troupe).nth(3).getByText('A farce, with seven doors.').waitFor()
    await wire.event('turn_ended')

    await choose(troupe, 2, 'Delete')
    await expect.poll(() => lines(troupe).count()).toBe(3)
    await keys.use(troupe.button('Undo'))
    await expect.poll(() => lines(troupe).count()).toBe(4)

    await choose(troupe, 3, 'What the model reads')
    const inspector = page.getByRole('dialog', { name: 'What the model reads' })
    await inspector
      .getByText(/tokens/u)
      .first()
      .waitFor()
    await keys.press('Escape')
    await inspector.waitFor({ state: 'hidden' })

    await choose(troupe, 1, 'Branch off here')
    await expect.poll(() => page.url()).not.toContain(conversationId)
    await expect.poll(() => lines(troupe).count()).toBe(2)
    expect(troupe.faults).toEqual([])
  })

  it('begins with the words that are chosen for it', async () => {
    const { troupe, keys } = await open('/characters')
    await using _open = troupe
    const { page } = troupe
    await keys.to(page.getByRole('main').getByRole('searchbox', { name: 'Search' }))
    await keys.type('Nora')
    await expect.poll(() => page.getByRole('main').getByRole('listitem').count()).toBe(1)
    await keys.use(troupe.button('A new conversation with Nora'))
    const dialog = page.getByRole('dialog', { name: 'How it begins' })
    const words = await dialog.getByRole('group', { name: 'Greeting 2' }).innerText()
    await keys.use(dialog.getByRole('button', { name: 'Begin with this: Greeting 2' }))
    await page.waitForURL(/\/c\//u)
    await lines(troupe).first().waitFor()
    expect(await lines(troupe).first().innerText()).toContain(words.slice(0, 20))
    expect(troupe.faults).toEqual([])
  })
})

it('by keys alone, conversations are searched, renamed, saved as files, and put away', async () => {
  const { troupe, keys } = await open('/conversations')
  await using _open = troupe
  const { page, wire } = troupe
  const main = page.getByRole('main')
  const rows = main.getByRole('list', { name: 'Conversations' }).getByRole('listitem')
  await keys.fill(main.getByRole('searchbox', { name: 'Search everything that was said' }), 'draught')
  await main.getByRole('region', { name: 'Said' }).getByRole('link').first().waitFor()
  await keys.press('Escape')
  await rows.first().waitFor()
  await keys.use(rows.filter({ hasText: 'The draughty theatre' }).first().getByRole('link'), 'F2')
  await keys.press('Control+a')
  await keys.type('A warm theatre')
  await keys.press('Enter')
  const more = main.getByRole('button', { name: 'More for A warm theatre' })
  await keys.use(more)
  await keys.along('ArrowDown', menuItem(troupe, 'Save as a file'))
  await keys.press('ArrowRight')
  await keys.along('ArrowDown', menuItem(troupe, 'To read (Markdown)'))
  const saved = page.waitForEvent('download')
  await keys.press('Enter')
  expect((await saved).suggestedFilename()).toMatch(/\.md$/u)
  await keys.take(more, menuItem(troupe, 'Put into the archive'))
  await more.waitFor({ state: 'detached' })
  await keys.use(main.getByRole('button', { name: 'Archive', exact: true }))
  await more.waitFor()
  await keys.take(more, menuItem(troupe, 'Delete'))
  await wire.event('conversation_deleted')
  await more.waitFor({ state: 'detached' })
  await keys.use(troupe.button('Undo').last())
  await more.waitFor()
  expect(troupe.faults).toEqual([])
})
