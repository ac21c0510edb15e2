import { type Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { z } from 'zod'
import { Message } from '#shared/entities.ts'
import { launchChromium } from '../support/chromium.ts'
import { atSearchRate, brokeOff, heardPieces, silenceFrom } from '../support/sound.ts'
import { spoken } from '../support/speech.ts'
import { TroupePage } from '../support/troupe-page.ts'
import { wordsOf } from '../support/words.ts'

let browser: Browser
let stop: Int16Array
beforeAll(async () => {
  browser = await launchChromium()
  stop = await spoken('Please stop now, I have heard enough about that.')
})
afterAll(async () => {
  await browser.close()
})

async function storedMessages(troupe: TroupePage): Promise<Message[]> {
  const id = new URL(troupe.page.url()).pathname.split('/').at(-1)
  const answer = await fetch(`${inject('troupeUrl')}/api/conversations/${id}/messages`)
  return z.array(Message).parse(await answer.json())
}

describe('talking over a character', () => {
  it('silences them until the next answer, and what is stored is what was heard', async () => {
    await using troupe = await TroupePage.open(browser, inject('troupeUrl'))
    const { wire, page } = troupe
    await troupe.button('Talk').click()
    await wire.event('listening_started')
    await troupe.button('Write instead').click()
    const from = await troupe.write('Hugo, tell me a story')
    const { data: stream } = await wire.event('audio_stream_start', { from })
    await troupe.untilSound(0)
    await page.waitForTimeout(1_200)
    const saying = troupe.speak(stop)

    const { data: ack } = await wire.event('interrupt_ack', { from })
    expect(ack.epoch).toBe(stream.epoch)
    const { data: heard } = await wire.event('stt_final', { from })
    expect(wordsOf(heard.text)).toContain('stop')
    const { data: next } = await wire.event('turn_ended', { where: ({ data }) => data.epoch > ack.epoch })
    expect(next).toMatchObject({ epoch: ack.epoch + 1, outcome: 'completed' })
    await saying

    const rendered = await troupe.rendered()
    const pieces = heardPieces(atSearchRate(wire.soundOf(stream), stream.sample_rate), rendered)
    const cut = brokeOff(pieces, rendered)
    // From the interruption to the next answer nothing was heard.
    expect(silenceFrom(cut.atMs, rendered)).toBeGreaterThan(500)

    const playedSamples = (cut.sentMs * stream.sample_rate) / 1_000
    const words = wire
      .all('audio_chunk', from)
      .flatMap(({ data }) =>
        data.stream === stream.stream && data.epoch === stream.epoch ? (data.words ?? []) : [],
      )
    const heardWords = words.filter(({ end }) => end <= playedSamples).length
    const truncated = wire.all('history_truncated', from).at(-1)?.data
    const stored = (await storedMessages(troupe)).find(({ message_id: id }) => id === stream.message_id)
    expect(stored?.content).toBe(truncated?.heard_text)
    const storedWords = (stored?.content ?? '').split(/\s+/).filter((word) => word !== '').length
    process.stdout.write(`Words heard: ${heardWords}, stored: ${storedWords}, of ${words.length}\n`)
    expect(heardWords).toBeGreaterThan(1)
    expect(Math.abs(storedWords - heardWords)).toBeLessThanOrEqual(1)
    expect(stored?.is_interrupted).toBe(true)

    await troupe.button('Hang up').click()
    const line = troupe.script.locator(`[data-message="${stream.message_id}"]`)
    await expect.poll(() => line.locator('s').innerText()).not.toBe('')
    expect(wordsOf(await line.locator('.text').innerText())).toEqual(wordsOf(truncated?.heard_text ?? ''))
    expect(wordsOf(await line.locator('s').innerText())).toEqual(wordsOf(stored?.unheard ?? ''))
  })
})

describe('the Stop button and Esc', () => {
  it('are heard at once, twenty times in a row', async () => {
    await using troupe = await TroupePage.open(browser, inject('troupeUrl'))
    const { page, wire } = troupe
    /** From the gesture: the command has left, the last sound was rendered, it was heard. */
    const stops: { sentMs: number; renderedMs: number; audibleMs: number }[] = []
    for (let round = 0; round < 20; round += 1) {
      const from = await troupe.write(round % 2 === 0 ? 'Tell me a story' : 'Tell me another story')
      const { newest } = await troupe.position()
      await troupe.untilSound(newest)
      if (round % 2 === 0) await troupe.button('Stop').click()
      else await page.keyboard.press('Escape')
      await wire.event('turn_ended', { from })
      await troupe.untilSilent(150)
      stops.push(
        await page.evaluate(() => {
          const probe = window.__probe
          const heardUntilMs = probe.heardMs(probe.position().lastSound)
          const sentAtMs = probe.sent.findLast(({ type }) => type === 'interrupt')?.atMs ?? Number.NaN
          return {
            sentMs: sentAtMs - probe.gestureMs,
            renderedMs: heardUntilMs - probe.latencyMs() - probe.gestureMs,
            audibleMs: heardUntilMs - probe.gestureMs,
          }
        }),
      )
    }
    const figures = (['sentMs', 'renderedMs', 'audibleMs'] as const).map((name) => {
      const sorted = stops.map((one) => one[name]).toSorted((one, other) => one - other)
      return { name, p50: sorted[9] ?? 0, p95: sorted[18] ?? 0, max: sorted[19] ?? 0 }
    })
    for (const { name, p50, p95, max } of figures) {
      process.stdout.write(
        `${name}: p50 ${p50.toFixed(0)}, p95 ${p95.toFixed(0)}, max ${max.toFixed(0)} ms\n`,
      )
    }
    for (const { p95 } of figures) expect(p95).toBeLessThan(250)
    expect(troupe.faults).toEqual([])
  })
})
