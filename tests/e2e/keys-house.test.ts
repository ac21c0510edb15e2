import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, type Page } from 'playwright-core'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { type Voice } from '#shared/entities.ts'
import { encodeWav } from '../../backend/lib/wav.ts'
import { launchChromium } from '../support/chromium.ts'
import { answers, says, startFakeChatServer } from '../support/fake-chat-server.ts'
import { HANG_MS } from '../support/hang.ts'
import { Keys } from '../support/keys.ts'
import { ServerProcess } from '../support/server-process.ts'
import { spoken } from '../support/speech.ts'
import { TroupePage } from '../support/troupe-page.ts'

/** Everything here is done by keys alone. */
let browser: Browser
beforeAll(async () => {
  browser = await launchChromium()
})
afterAll(async () => {
  await browser.close()
})

async function changeElsewhere(voice: Voice, change: Partial<Voice>): Promise<void> {
  await fetch(`${inject('troupeUrl')}/api/voices/${voice.voice_id}`, {
    method: 'PATCH',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(change),
  })
}

it('by keys alone, a voice is made, heard, changed in two places at once, and sounds like a recording', async () => {
  await using troupe = await TroupePage.open(browser, inject('troupeUrl'), { path: '/voices' })
  const { page, wire } = troupe
  const keys = new Keys(page)
  await keys.use(troupe.button('New voice'))
  const name = page.getByRole('textbox', { name: 'Name' })
  await keys.fill(name, 'Night porter')
  await keys.take(
    page.getByRole('combobox', { name: 'Voice of the engine' }),
    page.getByRole('option').nth(2),
  )
  await keys.to(page.getByRole('slider', { name: 'Speed' }))
  await keys.press('ArrowRight')
  await keys.use(troupe.button('Hear it'))
  await troupe.untilSound(0)
  await keys.use(troupe.button('Save'))
  const { data: voice } = await wire.event('voice_created')
  expect(voice.voice_name).toBe('Night porter')
  await page.waitForURL(new RegExp(voice.voice_id, 'u'))

  await keys.fill(name, 'Day porter')
  await changeElsewhere(voice, { voice_name: 'Ship’s cook' })
  await wire.event('voice_updated')
  await keys.use(troupe.button('Save'))
  const conflict = page.getByRole('dialog', { name: /was changed in two places/u })
  await keys.to(conflict.getByRole('radio', { name: /^Written here/u }))
  await keys.along('ArrowDown', conflict.getByRole('radio', { name: /^Written elsewhere/u }))
  await keys.use(conflict.getByRole('button', { name: 'Keep what is chosen' }))
  await conflict.waitFor({ state: 'hidden' })
  await expect.poll(() => name.inputValue()).toBe('Ship’s cook')

  const said = await spoken('Hello, can you tell me the time? I would like to hear your story.')
  const buffer = Buffer.from(encodeWav({ sampleRate: 16_000, samples: said }))
  await keys.choose(troupe.button('Upload a recording'), { name: 'said.wav', mimeType: 'audio/wav', buffer })
  const text = page.getByRole('textbox', { name: 'What is said in it' })
  await expect.poll(() => text.inputValue(), { timeout: HANG_MS }).not.toBe('')
  await keys.fill(text, 'Hello, can you tell me the time?')
  const from = wire.events.length
  await keys.use(troupe.button('Save'))
  const { data: kept } = await wire.event('voice_updated', { from })
  expect(kept).toMatchObject({
    ref_text: 'Hello, can you tell me the time?',
    ref_audio: expect.stringMatching(/^\/media\/.+\.wav$/u),
  })
  expect(troupe.faults).toEqual([])
})

/** To another page of the settings. */
async function goTo(page: Page, keys: Keys, name: string): Promise<void> {
  await keys.use(page.getByRole('navigation', { name: 'Sections' }).getByRole('link', { name, exact: true }))
  await page.locator('nav [aria-current="page"]', { hasText: name }).first().waitFor()
}

it('by keys alone, everything is set: the model, sound, turns, looks, personas, and the data saved', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'troupe-keys-settings-'))
  await using llm = await startFakeChatServer()
  try {
    await using server = await ServerProcess.start(dataDir)
    await using troupe = await TroupePage.open(browser, server.url, { path: '/settings' })
    const { page, wire } = troupe
    const keys = new Keys(page)
    const model = page.getByRole('region', { name: 'Language model' })
    await keys.fill(model.getByLabel('Address of the server'), llm.baseUrl)
    await keys.fill(model.getByLabel('Model', { exact: true }), 'fake-model')
    llm.script = answers(401, { error: { message: 'no such key' } })
    await keys.use(troupe.button('Test'))
    await model
      .getByText(/refused|key/iu)
      .last()
      .waitFor()
    llm.script = says('Good evening, everybody.')
    await keys.use(troupe.button('Test'))
    await model.getByText('Good evening, everybody.').waitFor()
    await keys.use(troupe.button('Keep'))
    await page.getByText('Kept', { exact: true }).waitFor()
    expect(await readFile(join(dataDir, 'troupe.config.json'), 'utf8')).toContain('fake-model')

    await goTo(page, keys, 'Sound')
    const noise = page.getByRole('switch', { name: /noise/iu })
    const before = await noise.getAttribute('aria-checked')
    await keys.use(noise, 'Space')
    await expect.poll(() => noise.getAttribute('aria-checked')).not.toBe(before)

    await goTo(page, keys, 'Taking turns')
    const ways = page.getByRole('radiogroup', { name: 'How you talk' })
    await keys.to(ways.getByRole('radio', { checked: true }))
    await keys.press('ArrowDown')
    await ways.getByRole('radio', { name: 'Hold to talk', checked: true }).waitFor()
    await keys.use(troupe.button('Change'))
    await keys.press('y')
    await page.getByText('Y', { exact: true }).waitFor()

    await goTo(page, keys, 'Appearance')
    await keys.take(
      page.getByRole('combobox', { name: 'Captions in a call' }),
      page.getByRole('option', { name: 'Very large' }),
    )
    await page.locator('[data-size="huge"]').waitFor()

    await goTo(page, keys, 'Whom you play')
    await keys.use(troupe.button('Somebody new'))
    const editor = page.getByRole('dialog', { name: 'Somebody new to play' })
    await keys.fill(editor.getByRole('textbox', { name: 'Name' }), 'Captain Sam')
    await keys.use(editor.getByRole('button', { name: 'Keep' }))
    await wire.event('persona_created')

    await goTo(page, keys, 'Your data')
    const saved = page.waitForEvent('download')
    await keys.use(page.getByRole('link', { name: 'Save everything' }).or(troupe.button('Save everything')))
    expect((await stat(await (await saved).path())).size).toBeGreaterThan(1_000)

    await goTo(page, keys, 'About')
    await keys.use(troupe.button('Keys'))
    const list = page.getByRole('dialog', { name: 'Keys' })
    await list.waitFor()
    await keys.press('Escape')
    await list.waitFor({ state: 'hidden' })
    await page.getByRole('button', { name: 'Keys' }).and(page.locator(':focus')).waitFor()
    expect(troupe.faults).toEqual([])
  } finally {
    await rm(dataDir, { recursive: true, force: true })
  }
})
