import { type Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { launchChromium } from '../support/chromium.ts'
import { ALIKE, atSearchRate, heardPieces, loudSpan, pitchOf } from '../support/sound.ts'
import { TroupePage } from '../support/troupe-page.ts'

let browser: Browser
beforeAll(async () => {
  browser = await launchChromium()
})
afterAll(async () => {
  await browser.close()
})

async function open(path?: string): Promise<TroupePage> {
  return TroupePage.open(browser, inject('troupeUrl'), path === undefined ? {} : { path })
}

describe('a first visit', () => {
  it('shows who is there to talk with, and a typed message is answered in text and sound', async () => {
    await using troupe = await open()
    const empty = troupe.page.getByRole('region', { name: 'An empty stage' })
    for (const name of ['Nora', 'Felix', 'Iris']) {
      await empty.getByRole('button', { name: `Write to ${name}` }).waitFor()
    }
    await empty.getByRole('button', { name: 'Write to Nora' }).click()
    await expect.poll(() => troupe.composer.getAttribute('placeholder')).toBe('Write to Nora')

    const from = await troupe.write('Tell me a story')
    await empty.waitFor({ state: 'hidden' })
    const { data: ended } = await troupe.wire.event('turn_ended', { from })
    expect(ended.outcome).toBe('completed')
    await troupe.untilSilent(300)

    const chunks = troupe.wire.all('text_chunk', from).map(({ data }) => data.text)
    expect(chunks.length).toBeGreaterThan(3)
    const { data: whole } = await troupe.wire.event('text_stream_stop', { from })
    expect(chunks.join('')).toBe(whole.text)
    await expect.poll(() => troupe.script.getByRole('article').last().innerText()).toContain(whole.text)

    const { data: stream } = await troupe.wire.event('audio_stream_start', { from })
    expect(stream.character_name).toBe('Nora')
    const sent = troupe.wire.soundOf(stream)
    const pieces = heardPieces(atSearchRate(sent, stream.sample_rate), await troupe.rendered())
    expect(pieces.length).toBeGreaterThan(10)
    // It is this voice that was heard, all of it, in one piece.
    for (const { likeness } of pieces) expect(likeness).toBeGreaterThan(ALIKE)
    const sentenceStarts = troupe.wire
      .all('audio_chunk', from)
      .flatMap(({ data }) => (data.text === undefined ? [] : [(data.offset * 1_000) / stream.sample_rate]))
    const holes = pieces.flatMap((piece, index) => {
      const before = pieces[index - 1]
      const isBetween = sentenceStarts.some((ms) => ms > (before?.sentMs ?? 0) && ms <= piece.sentMs + 250)
      return before && !isBetween ? [piece.atMs - before.atMs - (piece.sentMs - before.sentMs)] : []
    })
    expect(Math.max(...holes)).toBeLessThanOrEqual(60)
    const span = loudSpan(sent, stream.sample_rate)
    const heardMs = (pieces.at(-1)?.atMs ?? 0) - (pieces[0]?.atMs ?? 0)
    expect(heardMs).toBeGreaterThan(span.toMs - span.fromMs - 600)
    expect(heardMs).toBeLessThan(span.toMs - span.fromMs + 1_000)
    expect(troupe.faults).toEqual([])
  })

  it('keeps the conversation at its address: a reload brings it back', async () => {
    await using troupe = await open()
    const from = await troupe.write('My name is Robin, remember that')
    await troupe.wire.event('turn_ended', { from })
    await expect.poll(() => troupe.page.url()).toMatch(/\/c\/[\w-]+/)
    const said = troupe.script.getByRole('article')
    await expect.poll(() => said.count()).toBe(2)
    const before = await said.allInnerTexts()
    await troupe.page.reload()
    await expect.poll(() => said.count()).toBe(2)
    expect(await said.allInnerTexts()).toEqual(before)

    const again = await troupe.write('What is my name?')
    const { data } = await troupe.wire.event('text_stream_stop', { from: again })
    expect(data.text).toContain('Robin')
  })
})

describe('two characters', () => {
  it('who are mentioned answer in order, each in their own voice, the second right after the first', async () => {
    await using troupe = await open()
    const from = await troupe.write('@Hugo and @Iris, what do you like?')
    await troupe.wire.event('turn_ended', { from })
    await troupe.untilSilent(300)
    const streams = troupe.wire.all('audio_stream_start', from).map(({ data }) => data)
    expect(streams.map((stream) => stream.character_name)).toEqual(['Hugo', 'Iris'])
    const rendered = await troupe.rendered()
    const [first, second] = streams.map((stream) => {
      const sent = troupe.wire.soundOf(stream)
      const voice = atSearchRate(sent, stream.sample_rate)
      const pieces = heardPieces(voice, rendered)
      const [begin, end] = [pieces[0], pieces.at(-1)]
      if (!begin || !end) throw new Error(`${stream.character_name} was not heard`)
      for (const { likeness } of pieces) expect(likeness).toBeGreaterThan(ALIKE)
      const span = loudSpan(sent, stream.sample_rate)
      const fromMs = begin.atMs + span.fromMs - begin.sentMs
      const toMs = end.atMs + span.toMs - end.sentMs
      return { fromMs, toMs, pitchHz: pitchOf(voice) }
    })
    if (!first || !second) throw new Error('Two voices were expected')
    const gapMs = second.fromMs - first.toMs
    process.stdout.write(`Gap between two characters: ${gapMs.toFixed(0)} ms\n`)
    expect(gapMs).toBeGreaterThan(-20)
    expect(gapMs).toBeLessThanOrEqual(300)
    expect(Math.abs(first.pitchHz - second.pitchHz)).toBeGreaterThan(10)
  })

  it('are both ended by one interrupt', async () => {
    await using troupe = await open()
    const from = await troupe.write('@Hugo and @Iris, tell me a story')
    await troupe.untilSound(0)
    await troupe.button('Stop').click()
    const { data } = await troupe.wire.event('turn_ended', { from })
    expect(data.outcome).toBe('interrupted')
    await troupe.untilSilent(1_000)
    expect(troupe.wire.all('audio_stream_start', from)).toHaveLength(1)
    await expect.poll(() => troupe.button('Stop').count()).toBe(0)
  })
})
