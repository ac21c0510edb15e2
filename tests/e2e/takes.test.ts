import { rm } from 'node:fs/promises'
import { type Browser } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { launchChromium } from '../support/chromium.ts'
import { type FakeChatServer, says, startFakeChatServer } from '../support/fake-chat-server.ts'
import { type SeededScenes, seedScenes } from '../support/seeded-scene.ts'
import { ServerProcess } from '../support/server-process.ts'
import { choose, lines } from '../support/script-lines.ts'
import { TroupePage } from '../support/troupe-page.ts'

/** Every test has a conversation of its own. */
const SCENES = 5

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

async function open(): Promise<TroupePage> {
  const troupe = await TroupePage.open(browser, server.url, { path: `/c/${conversationId}` })
  await lines(troupe).nth(3).waitFor()
  expect(await lines(troupe).count()).toBe(4)
  return troupe
}

describe('another take', () => {
  it('is written in the place of the last one by the arrow at the end, and the old one can be had back', async () => {
    await using troupe = await open()
    llm.script = says('A farce, with seven doors.')
    const last = lines(troupe).last()
    const from = troupe.wire.events.length
    await last.getByRole('button', { name: 'Another take' }).last().click()
    await last.getByText('A farce, with seven doors.').waitFor()
    await troupe.wire.event('turn_ended', { from })
    await last.getByText('4 / 4').waitFor()
    expect(await lines(troupe).count()).toBe(4)
    await last.getByRole('button', { name: 'The take before' }).click()
    await last.getByText('The third take of it.').waitFor()
    await troupe.page.reload()
    await last.getByText('3 / 4').waitFor()
    expect(troupe.faults).toEqual([])
  })

  it('of an earlier line puts what followed out of sight, until it is gone back to', async () => {
    await using troupe = await open()
    llm.script = says('Shut, for ever.')
    const from = troupe.wire.events.length
    await choose(troupe, 1, 'Another take')
    await lines(troupe).nth(1).getByText('Shut, for ever.').waitFor()
    await troupe.wire.event('turn_ended', { from })
    await expect.poll(() => lines(troupe).count()).toBe(2)
    await lines(troupe).nth(1).getByRole('button', { name: 'The take before' }).click()
    await expect.poll(() => lines(troupe).count()).toBe(4)
    expect(troupe.faults).toEqual([])
  })

  it('goes on from what was said', async () => {
    await using troupe = await open()
    llm.script = says('And then the curtain falls.')
    const from = troupe.wire.events.length
    await choose(troupe, 3, 'Go on from here')
    await lines(troupe).last().getByText('The third take of it. And then the curtain falls.').waitFor()
    await troupe.wire.event('turn_ended', { from })
    await lines(troupe).last().getByText('4 / 4').waitFor()
    expect(troupe.faults).toEqual([])
  })

  it('answers a question that was changed', async () => {
    await using troupe = await open()
    llm.script = says('At eight, as ever.')
    await choose(troupe, 2, 'Change the words')
    await troupe.page.getByRole('textbox', { name: 'Change this line' }).fill('When do you begin?')
    await troupe.button('Keep and ask again').click()
    await lines(troupe).nth(2).getByText('When do you begin?').waitFor()
    await lines(troupe).last().getByText('At eight, as ever.').waitFor()
    expect(JSON.stringify(llm.lastRequest.body)).toContain('When do you begin?')
  })
})

describe('the model writes for the user', () => {
  it('into the composer, to be sent or not', async () => {
    await using troupe = await open()
    llm.script = says('I would rather have a comedy.')
    await troupe.button('Write my line for me').click()
    await expect.poll(() => troupe.composer.inputValue()).toBe('I would rather have a comedy.')
    expect(await lines(troupe).count()).toBe(4)
    await troupe.composer.press('End')
    await troupe.composer.pressSequentially(' Please.')
    expect(await troupe.composer.inputValue()).toBe('I would rather have a comedy. Please.')
    expect(troupe.faults).toEqual([])
  })
})
