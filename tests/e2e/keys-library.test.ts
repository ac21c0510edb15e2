import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Character } from '#shared/entities.ts'
import { launchChromium } from '../support/chromium.ts'
import { Keys } from '../support/keys.ts'
import { ServerProcess } from '../support/server-process.ts'
import { TroupePage } from '../support/troupe-page.ts'

/** Everything here is done by keys alone. */
let browser: Browser
let server: ServerProcess
const dataDir = mkdtempSync(join(tmpdir(), 'troupe-keys-'))
beforeAll(async () => {
  server = await ServerProcess.start(dataDir)
  browser = await launchChromium()
})
afterAll(async () => {
  await browser.close()
  await server.end('SIGTERM')
  rmSync(dataDir, { recursive: true, force: true })
})

async function send<Answer>(method: string, path: string, body?: unknown): Promise<Answer> {
  const response = await fetch(`${server.url}/api/${path}`, {
    method,
    ...(body === undefined
      ? {}
      : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  })
  const answer: Answer = await response.json()
  return answer
}

const create = (fields: Record<string, unknown>) => send<Character>('POST', 'characters', fields)
const stored = (id: string) => send<Character>('GET', `characters/${id}`)

/** From tab to tab, until this one is open. */
async function turnTo(page: Page, keys: Keys, name: string): Promise<void> {
  await keys.to(page.getByRole('tab', { selected: true }))
  await keys.along('ArrowRight', page.getByRole('tab', { name }))
  await page.getByRole('tab', { name, selected: true }).waitFor()
}

describe('by keys alone, a character', () => {
  it('is written, gets other beginnings in an order, and a lorebook with an entry', async () => {
    await using troupe = await TroupePage.open(browser, server.url, { path: '/characters' })
    const { page, wire } = troupe
    const keys = new Keys(page)
    await keys.use(troupe.button('New character'))
    await keys.fill(page.getByRole('textbox', { name: 'Name', exact: true }), 'Zelda')
    await keys.fill(page.getByRole('textbox', { name: 'Personality' }), 'Counts everything twice.')
    await keys.use(troupe.button('Create'))
    const { data: made } = await wire.event('character_created')
    await page.waitForURL(new RegExp(made.id, 'u'))

    await turnTo(page, keys, 'Definitions')
    await keys.fill(page.getByRole('textbox', { name: 'Description' }), 'An accountant of the stars.')
    await turnTo(page, keys, 'Greetings')
    await keys.fill(page.getByRole('textbox', { name: 'First words' }), 'Two plus two?')
    const more = page.getByRole('button', { name: 'Another beginning' }).first()
    for (const [index, words] of ['Three plus three?', 'Four plus four?'].entries()) {
      await keys.use(more)
      await keys.fill(page.getByRole('textbox', { name: `Another beginning ${index + 1}` }), words)
    }
    await keys.use(troupe.button('Move beginning 2 up'))
    // The focus goes along with what is moved.
    await troupe.button('Move beginning 1 down').and(page.locator(':focus')).waitFor()
    await expect
      .poll(async () => (await stored(made.id)).alternate_greetings)
      .toEqual(['Four plus four?', 'Three plus three?'])
    expect(await stored(made.id)).toMatchObject({
      name: 'Zelda',
      description: 'An accountant of the stars.',
      first_message: 'Two plus two?',
    })

    await turnTo(page, keys, 'Lore')
    await keys.use(troupe.button('A new lorebook'))
    await keys.use(troupe.button('An entry'))
    await keys.fill(page.getByRole('textbox', { name: 'Keys', exact: true }), 'star, sum')
    await keys.fill(page.getByRole('textbox', { name: 'What the model is told' }), 'There are too many.')
    await wire.event('lorebook_updated')
    await expect.poll(async () => (await stored(made.id)).lorebook_ids).toHaveLength(1)
    expect(troupe.faults).toEqual([])
  })

  it('gets a voice, and is heard with it', async () => {
    const { id } = await create({ name: 'Vocal' })
    await using troupe = await TroupePage.open(browser, server.url, { path: `/characters/${id}/voice` })
    const { page } = troupe
    const keys = new Keys(page)
    const voice = page.getByRole('combobox', { name: 'Voice', exact: true })
    await keys.take(voice, page.getByRole('option').nth(2))
    await expect.poll(async () => (await stored(id)).voice_id).not.toBeNull()
    await keys.use(troupe.button('Hear it'))
    await troupe.untilSound(0)
    expect(troupe.faults).toEqual([])
  })
})

describe('by keys alone, the library', () => {
  it('takes cards from a file, tells what became of them, and asks about one that is there already', async () => {
    const card = {
      name: 'wanda.json',
      mimeType: 'application/json',
      buffer: Buffer.from(
        JSON.stringify({ name: 'Wanda', description: 'Keeps a lighthouse.', first_mes: 'Hm?' }),
      ),
    }
    await using troupe = await TroupePage.open(browser, server.url, { path: '/characters' })
    const { page } = troupe
    const keys = new Keys(page)
    const panel = page.getByRole('region', { name: 'Bringing cards in' })
    await keys.choose(troupe.button('Bring cards in'), card)
    await panel.getByText('1 of 1 brought in').waitFor()
    await keys.choose(troupe.button('Bring cards in'), card)
    await keys.use(panel.getByRole('button', { name: 'Keep both' }))
    await panel.getByText('2 of 2 brought in').waitFor()
    await keys.use(panel.getByRole('button', { name: 'Close' }))
    await panel.waitFor({ state: 'hidden' })
    expect(troupe.faults).toEqual([])
  })

  it('gives tags to many at once, throws them away, and takes them out of the trash', async () => {
    for (const name of ['Bulk One', 'Bulk Two']) await create({ name, tags: ['bulk'] })
    await using troupe = await TroupePage.open(browser, server.url, { path: '/characters' })
    const { page, wire } = troupe
    const keys = new Keys(page)
    const cards = page.getByRole('main').getByRole('list', { name: 'Characters' }).getByRole('listitem')
    await cards.first().waitFor()
    await keys.press('/')
    await keys.type('tag:bulk')
    await expect.poll(() => cards.count()).toBe(2)
    await keys.use(troupe.button('Choose several'))
    await keys.use(troupe.button('Choose all'))
    const bar = page.getByRole('toolbar', { name: 'With those who are chosen' })
    await bar.getByText('2 chosen').waitFor()
    await keys.use(bar.getByRole('button', { name: 'Tags' }))
    const dialog = page.getByRole('dialog', { name: 'Tags of 2 characters' })
    await keys.to(dialog.getByRole('textbox').or(dialog.getByRole('combobox')).first())
    await keys.type('sorted')
    await keys.press('Enter')
    await keys.use(dialog.getByRole('button', { name: 'Save' }))
    await wire.event('character_updated', { where: ({ data }) => data.tags.includes('sorted') })
    await keys.use(bar.getByRole('button', { name: 'Delete' }))
    await page.getByText('2 characters are in the trash', { exact: false }).first().waitFor()

    await keys.press('g', 's')
    await keys.use(
      page.getByRole('navigation', { name: 'Sections' }).getByRole('link', { name: 'Your data' }),
    )
    const thrown = page.getByRole('listitem').filter({ hasText: 'Bulk One' })
    await keys.use(thrown.getByRole('button', { name: /Take back/u }))
    await wire.event('trash_restored')
    await thrown.waitFor({ state: 'detached' })
    expect(troupe.faults).toEqual([])
  })
})
