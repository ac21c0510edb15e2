import { type Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { type Voice } from '#shared/entities.ts'
import { launchChromium } from '../support/chromium.ts'
import { joined, silence, spoken } from '../support/speech.ts'
import { HANG_MS } from '../support/hang.ts'
import { TroupePage } from '../support/troupe-page.ts'
import { wordErrorRate } from '../support/words.ts'

const SAID = 'Hello, can you tell me the time? I would like to hear your story.'

let browser: Browser
beforeAll(async () => {
  browser = await launchChromium()
})
afterAll(async () => {
  await browser.close()
})

const url = (path: string): string => `${inject('troupeUrl')}${path}`

async function send<Answer>(method: string, path: string, body: unknown): Promise<Answer> {
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(url(path), { method, headers, body: JSON.stringify(body) })
  const answer: Answer = await response.json()
  return answer
}

const newVoice = (name: string): Promise<Voice> =>
  send<Voice>('POST', '/api/voices', { voice_name: name, method: 'auto', settings: { engine_voice: 'awb' } })

describe('the voices', () => {
  it('can be heard, taken, thrown away and had back', async () => {
    await using troupe = await TroupePage.open(browser, inject('troupeUrl'), { path: '/voices' })
    const { page, wire } = troupe
    await troupe.button('Hear Kal').click()
    await troupe.untilSound(0)
    await troupe.button('Stop').click()
    await troupe.untilSilent(300)
    await troupe.button('Use Kal').click()
    const { data: taken } = await wire.event('voice_created')
    expect(taken).toMatchObject({ voice_name: 'Kal', settings: { engine_voice: 'kal16' } })
    await expect.poll(() => new URL(page.url()).pathname).toBe(`/voices/${taken.voice_id}`)

    await troupe.button('Delete Kal').click()
    await wire.event('voice_deleted')
    await expect.poll(() => new URL(page.url()).pathname).toBe('/voices')
    await troupe.button('Undo').click()
    await page.getByRole('link', { name: /^Kal/ }).waitFor()
    expect(troupe.faults).toEqual([])
  })

  it('are tried out and changed at their own address, and two changes at once are both shown', async () => {
    const voice = await newVoice('Old sailor')
    const path = `/voices/${voice.voice_id}`
    await using troupe = await TroupePage.open(browser, inject('troupeUrl'), { path })
    const { page, wire } = troupe
    const name = page.getByRole('textbox', { name: 'Name' })
    await expect.poll(() => name.inputValue()).toBe('Old sailor')
    await page.getByRole('textbox', { name: 'Test sentence' }).fill('All hands on deck!')
    await troupe.button('Hear it').click()
    await troupe.untilSound(0)
    await page.getByText(/^First sound after \d+ ms$/).waitFor()

    await name.fill('Old captain')
    await send('PATCH', `/api${path}`, { voice_name: 'Ship’s cook' })
    await wire.event('voice_updated')
    await troupe.button('Save').click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('Old captain', { exact: true }).waitFor()
    await dialog.getByText('Ship’s cook', { exact: true }).waitFor()
    const from = wire.events.length
    await dialog.getByRole('button').last().click()
    const { data: kept } = await wire.event('voice_updated', { from })
    expect(kept).toMatchObject({ voice_id: voice.voice_id, voice_name: 'Old captain' })
    expect(troupe.faults).toEqual([])
  })

  it('can be recorded; what is said is written down', async () => {
    const voice = await newVoice('Somebody')
    const said = await spoken(SAID)
    const path = `/voices/${voice.voice_id}`
    await using troupe = await TroupePage.open(browser, inject('troupeUrl'), { path })
    const { page, wire } = troupe
    await troupe.button('Record').click()
    await troupe.button('Stop recording').waitFor()
    await troupe.speak(joined(silence(300), said, silence(600)))
    await troupe.button('Stop recording').click()
    const text = page.getByRole('textbox', { name: 'What is said in it' })
    await expect.poll(() => text.inputValue(), { timeout: HANG_MS }).not.toBe('')
    expect(wordErrorRate(SAID, await text.inputValue())).toBeLessThanOrEqual(0.5)
    await troupe.button('Trim silence').click()
    await text.fill(SAID)
    await troupe.button('Save').click()
    const { data: kept } = await wire.event('voice_updated')
    expect(kept).toMatchObject({
      ref_text: SAID,
      ref_audio: expect.stringMatching(/^\/media\/[0-9a-f]{64}\.wav$/),
    })
    const recording = await fetch(url(kept.ref_audio ?? ''))
    expect(recording.headers.get('content-type')).toBe('audio/wav')
    expect(troupe.faults).toEqual([])
  })
})

describe('the voice of a character', () => {
  it('is chosen, read and spelled on its page, and kept by itself', async () => {
    const { id } = await send<{ id: string }>('POST', '/api/characters', { name: 'Siobhan' })
    await using troupe = await TroupePage.open(browser, inject('troupeUrl'), {
      path: `/characters/${id}/voice`,
    })
    const { page, wire } = troupe
    await page.getByRole('combobox', { name: 'Actions' }).click()
    await page.getByRole('option', { name: 'In another voice' }).click()
    const { data: changed } = await wire.event('character_updated')
    expect(changed.speaking).toMatchObject({ actions: 'other', narration: 'own' })
    await troupe.button('Hear it').click()
    await troupe.untilSound(0)

    const from = wire.events.length
    await troupe.button('Add a word').click()
    await page.keyboard.type('Siobhan')
    await page.keyboard.press('Tab')
    await page.keyboard.type('shivawn')
    await expect
      .poll(() => wire.all('character_updated', from).at(-1)?.data.speaking.pronunciations)
      .toEqual([{ written: 'Siobhan', spoken: 'shivawn' }])
    expect(troupe.faults).toEqual([])
  })
})
