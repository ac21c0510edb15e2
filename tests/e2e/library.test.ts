import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, type Locator, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launchChromium } from '../support/chromium.ts'
import { ServerProcess } from '../support/server-process.ts'
import { TroupePage } from '../support/troupe-page.ts'

let browser: Browser
let server: ServerProcess
const dataDir = mkdtempSync(join(tmpdir(), 'troupe-library-'))
beforeAll(async () => {
  server = await ServerProcess.start(dataDir)
  browser = await launchChromium()
})
afterAll(async () => {
  await browser.close()
  await server.end('SIGTERM')
  rmSync(dataDir, { recursive: true, force: true })
})

const openLibrary = (path = '/characters') => TroupePage.open(browser, server.url, { path })
const main = (page: Page): Locator => page.getByRole('main')
const cards = (page: Page): Locator =>
  main(page).getByRole('list', { name: 'Characters' }).getByRole('listitem')
const search = (page: Page): Locator => main(page).getByRole('searchbox', { name: 'Search' })

const description = ({ page }: TroupePage): Locator => page.getByRole('textbox', { name: 'Description' })

async function create(fields: Record<string, unknown>): Promise<string> {
  const response = await fetch(`${server.url}/api/characters`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(fields),
  })
  const created: { id: string } = await response.json()
  return created.id
}

async function stored(id: string): Promise<Record<string, unknown>> {
  const response = await fetch(`${server.url}/api/characters/${id}`)
  return response.json()
}

function card(name: string): string {
  return JSON.stringify({
    spec: 'chara_card_v2',
    spec_version: '2.0',
    data: {
      name,
      description: `${name} keeps a lighthouse.`,
      personality: '',
      scenario: '',
      first_mes: 'Mind the stairs.',
      mes_example: '',
      tags: 'coast, night',
      alternate_greetings: [],
      extensions: {},
    },
  })
}

/** Lets files go over the page, as from a folder of the desktop. */
async function drop(page: Page, files: readonly { name: string; text: string }[]): Promise<void> {
  const data = await page.evaluateHandle((dropped) => {
    const transfer = new DataTransfer()
    for (const { name, text } of dropped) transfer.items.add(new File([text], name))
    return transfer
  }, files)
  for (const type of ['dragenter', 'dragover', 'drop']) {
    await main(page).dispatchEvent(type, { dataTransfer: data })
  }
}

describe('the library', () => {
  it('takes cards that are let go over it, and says what became of each', async () => {
    await using troupe = await openLibrary()
    const { page } = troupe
    await cards(page).first().waitFor()
    await drop(page, [
      { name: 'wanda.json', text: card('Wanda') },
      { name: 'torn.json', text: '{ "spec": "chara_card_v2", "data": {' },
    ])
    const panel = page.getByRole('region', { name: 'Bringing cards in' })
    await panel.getByText('1 of 2 brought in').waitFor()
    await panel.getByText('Not brought in').or(panel.locator('.error')).first().waitFor()
    await panel
      .getByText(/\d+ repaired/)
      .first()
      .click()
    await panel.getByText('Repaired', { exact: true }).waitFor()
    await panel.getByRole('button', { name: 'Close' }).click()
    await main(page).getByRole('link', { name: 'Wanda' }).waitFor()

    await drop(page, [{ name: 'again.json', text: card('Wanda') }])
    const choice = page.getByRole('group', { name: 'Somebody is here already' })
    await choice.getByRole('button', { name: 'Keep both' }).click()
    await panel.getByText('1 of 1 brought in').waitFor()
    await panel.getByRole('button', { name: 'Close' }).click()
    await search(page).fill('wanda')
    await expect.poll(() => cards(page).count()).toBe(2)
    expect(troupe.faults).toEqual([])
  })

  it('finds by words, tags and authors, without words, and keeps the search in the address', async () => {
    await create({ name: 'Ahab', tags: ['whale', 'sea story'], creator: 'herman' })
    await create({ name: 'Ishmael', tags: ['whale'], creator: 'herman', description: 'A sailor.' })
    await using troupe = await openLibrary()
    const { page } = troupe
    const names = () => cards(page).getByRole('link').allInnerTexts()
    await search(page).fill('tag:whale')
    await expect.poll(async () => (await names()).toSorted()).toEqual(['Ahab', 'Ishmael'])
    await search(page).fill('creator:herman -sailor')
    await expect.poll(names).toEqual(['Ahab'])
    await expect.poll(() => new URL(page.url()).searchParams.get('q')).toBe('creator:herman -sailor')
    await page.reload()
    await expect.poll(names).toEqual(['Ahab'])
    await main(page).getByRole('button', { name: 'Show all' }).click()
    await main(page).getByRole('button', { name: 'whale', exact: true }).click()
    await expect.poll(async () => (await names()).length).toBe(2)
    await search(page).fill('nobody of this name')
    await main(page).getByText('Nobody answers to that.').waitFor()
  })

  it('is used by the keyboard alone: search, walk, favour, choose, delete, and take it back', async () => {
    await create({ name: 'Quill One', tags: ['quill'] })
    await create({ name: 'Quill Two', tags: ['quill'] })
    await using troupe = await openLibrary()
    const { page } = troupe
    const { keyboard } = page
    await cards(page).first().waitFor()
    await keyboard.press('/')
    await keyboard.type('tag:quill')
    await expect.poll(() => cards(page).count()).toBe(2)
    await keyboard.press('ArrowDown')
    await page.getByRole('button', { name: 'Talk with Quill One' }).and(page.locator(':focus')).waitFor()
    await keyboard.press('f')
    await main(page).getByRole('button', { name: 'Quill One is a favourite', pressed: true }).waitFor()
    await keyboard.press(' ')
    await keyboard.press('ArrowRight')
    await keyboard.press(' ')
    const bar = page.getByRole('toolbar', { name: 'With those who are chosen' })
    await bar.getByText('2 chosen').waitFor()
    await bar.getByRole('button', { name: 'Delete' }).focus()
    await keyboard.press('Enter')
    await main(page).getByText('Nobody answers to that.').waitFor()
    await page.getByRole('button', { name: 'Undo' }).focus()
    await keyboard.press('Enter')
    await expect.poll(() => cards(page).count()).toBe(2)
    await keyboard.press('/')
    await keyboard.press('ArrowDown')
    await keyboard.press('e')
    await page.getByRole('textbox', { name: 'Name' }).waitFor()
    expect(troupe.faults).toEqual([])
  })
})

describe("a character's page", () => {
  it('has an address for each of its parts', async () => {
    const id = await create({
      name: 'Tabitha',
      first_message: 'Hello, {{user}}.',
      message_examples: '<START>\n{{char}}: Aye.',
    })
    await using troupe = await openLibrary(`/characters/${id}/greetings`)
    const { page } = troupe
    await page.getByRole('tab', { name: 'Greetings', selected: true }).waitFor()
    await page.getByText('As it will be read').click()
    await page.getByText('Hello, You.').waitFor()
    await page.getByRole('tab', { name: 'Examples' }).click()
    await page.getByRole('region', { name: 'As the model reads them' }).getByText('Tabitha').waitFor()
    expect(new URL(page.url()).pathname).toBe(`/characters/${id}/examples`)
    await page.getByRole('tab', { name: 'Lore' }).click()
    await page.getByRole('button', { name: 'A new lorebook' }).click()
    await page.getByRole('button', { name: 'An entry' }).click()
    await page.getByRole('textbox', { name: 'Keys', exact: true }).fill('storm, gale')
    await page.getByRole('textbox', { name: 'What the model is told' }).fill('The storm took the ship.')
    await troupe.wire.event('lorebook_updated')
    const { lorebook_ids: books } = await stored(id)
    expect(books).toHaveLength(1)
    await page.getByRole('tab', { name: 'JSON' }).click()
    await page.getByText('"name": "Tabitha"').waitFor()
    expect(troupe.faults).toEqual([])
  })

  it('shows both versions when two tabs change one field, and loses neither', async () => {
    const id = await create({ name: 'Janus', description: 'Looks both ways.' })
    await using first = await openLibrary(`/characters/${id}`)
    await using second = await openLibrary(`/characters/${id}`)
    await description(first).fill('Written in the first tab.')
    await description(second).fill('Written in the second tab.')
    const slower = await slowerOf(first, second)
    const conflict = slower.page.getByRole('dialog', { name: 'Janus was changed in two places' })
    await conflict.getByText('Written in the first tab.').waitFor()
    await conflict.getByText('Written in the second tab.').waitFor()
    // Not even with the page is it lost.
    await slower.page.reload()
    await conflict.getByText('Written in the first tab.').waitFor()
    await conflict.getByText('Written in the second tab.').waitFor()
    await conflict.getByRole('radio', { name: /^Written here/ }).check()
    await conflict.getByRole('button', { name: 'Keep what is chosen' }).click()
    const mine = slower === first ? 'Written in the first tab.' : 'Written in the second tab.'
    await expect.poll(async () => (await stored(id))['description']).toBe(mine)
    await expect.poll(() => description(first).inputValue()).toBe(mine)
    await expect.poll(() => description(second).inputValue()).toBe(mine)
  })
})

/** The tab that was asked which version is to stay. */
async function slowerOf(...tabs: readonly TroupePage[]): Promise<TroupePage> {
  const asked = tabs.map(async (tab) => {
    await tab.page.getByRole('dialog', { name: /was changed in two places/ }).waitFor()
    return tab
  })
  return Promise.any(asked)
}
