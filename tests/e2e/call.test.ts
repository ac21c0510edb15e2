import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, type Locator } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { encodeWav } from '../../backend/lib/wav.ts'
import { launchChromium } from '../support/chromium.ts'
import { joined, recordings, silence, spoken } from '../support/speech.ts'
import { TroupePage } from '../support/troupe-page.ts'
import { TRANSCRIPTS, wordErrorRate } from '../support/words.ts'

const QUESTION = 'Hello, can you tell me the time?'

let folder: string
let browser: Browser
let question: Int16Array
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'troupe-call-'))
  question = await spoken(QUESTION)
  browser = await launchChromium()
})
afterAll(async () => {
  await browser.close()
  rmSync(folder, { recursive: true, force: true })
})

const human = recordings().filter(({ name }) => name === 'austen-0870.wav')
const speakers = [
  { name: 'an embedded voice', said: QUESTION, samples: () => question },
  ...human.map(({ name, samples }) => ({ name, said: TRANSCRIPTS[name] ?? '', samples: () => samples })),
]

describe('a call', () => {
  for (const { name, said, samples } of speakers) {
    it(`hears ${name} through the microphone and is answered`, async () => {
      const file = join(folder, 'microphone.wav')
      const pcm = joined(silence(1_500), samples(), silence(20_000))
      writeFileSync(file, encodeWav({ sampleRate: 16_000, samples: pcm }))
      const ownBrowser = await launchChromium(file)
      try {
        await using troupe = await TroupePage.open(ownBrowser, inject('troupeUrl'), { microphone: 'device' })
        await troupe.button('Talk').click()
        const { data } = await troupe.wire.event('stt_final')
        expect(wordErrorRate(said, data.text)).toBeLessThanOrEqual(0.5)
        await troupe.untilSound(0)
        const { data: ended } = await troupe.wire.event('turn_ended')
        expect(ended.outcome).toBe('completed')
        expect(troupe.wire.all('stt_final')).toHaveLength(1)
        await troupe.button('Hang up').click()
        const lines = troupe.script.getByRole('article')
        await expect.poll(() => lines.count()).toBe(2)
        expect(await lines.first().innerText()).toContain(data.text)
        const { data: reply } = await troupe.wire.event('text_stream_stop')
        expect(await lines.last().innerText()).toContain(reply.text)
        expect(troupe.faults).toEqual([])
      } finally {
        await ownBrowser.close()
      }
    })
  }

  it('lets the user hold Space to talk, on a phone-sized page', async () => {
    const size = { width: 360, height: 740 }
    await using troupe = await TroupePage.open(browser, inject('troupeUrl'), { size })
    const { page, wire } = troupe
    await troupe.button('Talk').click()
    const controls = page.getByRole('toolbar', { name: 'Call' })
    await wire.event('listening_started')
    await controls.getByRole('button', { name: 'Hold to talk' }).click()
    const hold = page.getByRole('button', { name: 'Hold to talk Space' })
    await hold.waitFor()
    await wire.event('listening_stopped')

    await troupe.speak(question)
    expect(wire.all('stt_final')).toEqual([])
    await page.keyboard.down('Space')
    await page.getByRole('button', { name: /^Let go to send/ }).waitFor()
    await troupe.speak(question)
    await page.keyboard.up('Space')
    await hold.waitFor()
    const { data } = await wire.event('stt_final')
    expect(wordErrorRate(QUESTION, data.text)).toBeLessThanOrEqual(0.5)
    await troupe.untilSound(0)
    await troupe.button('Hang up').click()
    expect(troupe.faults).toEqual([])
  })

  it('can be had with the keyboard alone', async () => {
    await using troupe = await TroupePage.open(browser, inject('troupeUrl'))
    const { page, wire } = troupe
    const tabTo = async (control: Locator): Promise<void> => {
      for (let presses = 0; presses < 60; presses += 1) {
        const isFocused = await control.evaluateAll((found) =>
          found.some((one) => one === document.activeElement),
        )
        if (isFocused) return
        await page.keyboard.press('Tab')
      }
      throw new Error(`Tab does not lead to ${control.toString()}`)
    }
    await tabTo(troupe.composer)
    await page.keyboard.type('Tell me a story')
    await page.keyboard.press('Enter')
    await troupe.untilSound(0)
    await page.keyboard.press('Escape')
    const { data } = await wire.event('turn_ended')
    expect(data.outcome).toBe('interrupted')
    await tabTo(troupe.button('Talk'))
    await page.keyboard.press('Enter')
    await wire.event('listening_started')
    await tabTo(troupe.button('Hang up'))
    await page.keyboard.press('Enter')
    await wire.event('listening_stopped')
    await troupe.composer.waitFor()
    expect(troupe.faults).toEqual([])
  })
})
