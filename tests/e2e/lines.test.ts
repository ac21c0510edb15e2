import { rm } from 'node:fs/promises'
import { type Browser } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { Message } from '#shared/entities.ts'
import { launchChromium } from '../support/chromium.ts'
import { type SeededScenes, seedScenes } from '../support/seeded-scene.ts'
import { ServerProcess } from '../support/server-process.ts'
import { choose, lines } from '../support/script-lines.ts'
import { TroupePage } from '../support/troupe-page.ts'

/** Every test has a conversation of its own. */
const SCENES = 11

let browser: Browser
let scenes: SeededScenes
let server: ServerProcess
let conversationId: string
let scenesUsed = 0
beforeAll(async () => {
  scenes = await seedScenes(SCENES)
  server = await ServerProcess.start(scenes.dataDir)
  browser = await launchChromium()
})
afterAll(async () => {
  await browser.close()
  await server.end('SIGTERM')
  await rm(scenes.dataDir, { recursive: true, force: true })
})
beforeEach(() => {
  conversationId = scenes.conversationIds[scenesUsed] ?? ''
  scenesUsed += 1
})

async function open(size?: { width: number; height: number }): Promise<TroupePage> {
  const troupe = await TroupePage.open(browser, server.url, {
    path: `/c/${conversationId}`,
    ...(size ? { size } : {}),
  })
  await lines(troupe).nth(3).waitFor()
  expect(await lines(troupe).count()).toBe(4)
  return troupe
}

async function stored(id = conversationId): Promise<Message[]> {
  const answer = await fetch(`${server.url}/api/conversations/${id}/messages`)
  return z.array(Message).parse(await answer.json())
}

const contents = async (): Promise<string[]> => (await stored()).map(({ content }) => content)

describe('the takes of a reply', () => {
  it('are stepped through by button and by key, and stay chosen after a reload', async () => {
    await using troupe = await open()
    const last = lines(troupe).last()
    await last.getByText('The third take of it.').waitFor()
    await last.getByRole('button', { name: 'The take before' }).click()
    await last.getByText('The second take of it.').waitFor()
    await last.getByText('2 / 3').waitFor()
    await troupe.composer.focus()
    await troupe.page.keyboard.press('ArrowLeft')
    await last.getByText('The first take of it.').waitFor()
    expect(await last.getByRole('button', { name: 'The take before' }).isDisabled()).toBe(true)
    await troupe.page.keyboard.press('ArrowRight')
    await last.getByText('The second take of it.').waitFor()
    await troupe.page.reload()
    await last.getByText('The second take of it.').waitFor()
    expect((await stored()).at(-1)).toMatchObject({ alternative_index: 1, alternative_count: 3 })
    expect(troupe.faults).toEqual([])
  })

  it('tell what was looked up for them, and how they came about', async () => {
    await using troupe = await open()
    await lines(troupe).last().getByText('Nora rolled the dice').click()
    await lines(troupe).last().getByText('"dice": "1d6"').waitFor()
    await choose(troupe, 3, 'How it came about')
    const dialog = troupe.page.getByRole('dialog', { name: 'How it came about' })
    await dialog.getByText('qwen3:8b').waitFor()
    await dialog.getByText('312 ms').waitFor()
    expect(troupe.faults).toEqual([])
  })
})

describe('a line', () => {
  it('is changed in its place: Up opens the last own one, Esc leaves it, Enter keeps it', async () => {
    await using troupe = await open()
    const { page } = troupe
    const editor = page.getByRole('textbox', { name: 'Change this line' })
    await troupe.composer.press('ArrowUp')
    await editor.fill('Something else')
    await page.keyboard.press('Escape')
    await lines(troupe).nth(2).getByText('Thank you. What are you playing tonight?').waitFor()
    await choose(troupe, 1, 'Change the words')
    await editor.fill('Closed for the night.')
    await page.keyboard.press('Enter')
    await lines(troupe).nth(1).getByText('Closed for the night.').waitFor()
    await expect.poll(async () => (await contents())[1]).toBe('Closed for the night.')
    expect((await contents())[2]).toBe('Thank you. What are you playing tonight?')
  })

  it('that was deleted can be called back while the notice stands, and is where it was', async () => {
    await using troupe = await open()
    const words = await lines(troupe).allTextContents()
    await choose(troupe, 1, 'Delete')
    await expect.poll(() => lines(troupe).count()).toBe(3)
    await expect.poll(async () => (await stored()).length).toBe(3)
    await troupe.button('Undo').click()
    await expect.poll(() => lines(troupe).count()).toBe(4)
    await expect.poll(() => lines(troupe).allTextContents()).toEqual(words)
    await expect.poll(async () => (await contents()).length).toBe(4)
    expect(troupe.faults).toEqual([])
  })

  it('can be hidden from the model, and told again', async () => {
    await using troupe = await open()
    await choose(troupe, 1, 'Hide from the model')
    await lines(troupe).nth(1).getByText('hidden from the model').waitFor()
    await expect.poll(async () => (await stored())[1]?.is_excluded).toBe(true)
    await choose(troupe, 1, 'Tell the model again')
    await expect.poll(async () => (await stored())[1]?.is_excluded).toBe(false)
  })

  it('can be where another conversation branches off', async () => {
    await using troupe = await open()
    await choose(troupe, 1, 'Branch off here')
    await expect.poll(() => troupe.page.url()).not.toContain(conversationId)
    await expect.poll(() => lines(troupe).count()).toBe(2)
    const branchId = new URL(troupe.page.url()).pathname.split('/').at(-1) ?? ''
    expect(await stored(branchId)).toHaveLength(2)
    expect(await stored()).toHaveLength(4)
    expect(troupe.faults).toEqual([])
  })

  it('has its menu on a phone, too, all of it within the page', async () => {
    const size = { width: 360, height: 640 }
    await using troupe = await open(size)
    const last = lines(troupe).last()
    await last.click()
    await last.getByRole('button', { name: /^More for this line/ }).click()
    const menu = troupe.page.getByRole('menu')
    const box = await menu.boundingBox()
    expect((box?.y ?? 0) + (box?.height ?? 0)).toBeLessThanOrEqual(size.height)
    await menu.getByRole('menuitem', { name: 'Delete' }).scrollIntoViewIfNeeded()
    await menu.getByRole('menuitem', { name: 'Delete' }).click()
    await expect.poll(() => lines(troupe).count()).toBe(3)
  })
})

describe('a group', () => {
  it('is told who answers, who waits to be named, and for how long they go on', async () => {
    await using troupe = await open({ width: 1440, height: 900 })
    const { page, wire } = troupe
    const cast = page.getByRole('complementary', { name: 'Cast' })
    const from = wire.events.length
    await cast.getByRole('button', { name: 'More for Felix' }).click()
    await page.getByRole('menuitem', { name: 'Speaks only when named' }).click()
    await cast.getByText('speaks when named').waitFor()
    await cast.getByRole('combobox', { name: 'Who answers' }).click()
    await page.getByRole('option', { name: 'Everyone, in order' }).click()
    await cast.getByText('All who may speak unasked').waitFor()
    await cast.getByRole('combobox', { name: 'How long they talk among themselves' }).click()
    await page.getByRole('option', { name: '3 lines among themselves' }).click()
    const { data } = await wire.event('conversation_updated', {
      from,
      where: ({ data: now }) => now.auto_continue_turns === 3,
    })
    expect(data).toMatchObject({ reply_strategy: 'list', muted_characters: [expect.any(String)] })
    expect(troupe.faults).toEqual([])
  })
})

describe('behind the scene', () => {
  it('a note, a summary and somebody to play are kept', async () => {
    await using troupe = await open()
    const { page, wire } = troupe
    await troupe.button('More for this conversation').click()
    await page.getByRole('menuitem', { name: 'Behind the scene' }).click()
    await page.getByRole('textbox', { name: 'Your note to the model' }).fill('Keep it light.')
    await page.getByRole('spinbutton', { name: 'Messages behind it' }).fill('2')
    await page.getByRole('textbox', { name: 'What happened so far' }).fill('A guest came in.')
    await wire.event('conversation_updated', {
      where: ({ data }) => data.summary === 'A guest came in.' && data.author_note?.depth === 2,
    })
    await troupe.button('Somebody new').click()
    const editor = page.getByRole('dialog', { name: 'Somebody new to play' })
    await editor.getByRole('textbox', { name: 'Name' }).fill('Captain Sam')
    await editor.getByRole('button', { name: 'Keep' }).click()
    const { data: persona } = await wire.event('persona_created')
    await wire.event('conversation_updated', {
      where: ({ data }) => data.persona_id === persona.persona_id,
    })
    expect(troupe.faults).toEqual([])
  })

  it('shows what the model reads, what it costs, and what found no room', async () => {
    await using troupe = await open()
    const { page } = troupe
    const told = { role: 'system', included: true }
    await page.route('**/api/conversations/*/prompt?character=*', (route) =>
      route.fulfill({
        json: {
          total_tokens: 1_024,
          budget_tokens: 4_096,
          parts: [
            { ...told, name: 'description', tokens: 24, text: 'Nora keeps the theatre.' },
            { ...told, name: 'history', tokens: 1_000, text: 'Good evening.' },
            {
              ...told,
              name: 'lorebook',
              tokens: 300,
              text: 'The sea',
              included: false,
              reason: 'no room is left',
            },
          ],
        },
      }),
    )
    await choose(troupe, 3, 'What the model reads')
    const dialog = page.getByRole('dialog', { name: 'What the model reads' })
    await dialog.getByText('1,024 of 4,096 tokens, 25 %').waitFor()
    await dialog.getByText('Description').click()
    await dialog.getByText('Nora keeps the theatre.').waitFor()
    await dialog.getByText('no room is left').waitFor()
    expect(troupe.faults).toEqual([])
  })
})
