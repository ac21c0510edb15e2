import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launchChromium } from '../support/chromium.ts'
import { answers, says, startFakeChatServer } from '../support/fake-chat-server.ts'
import { ServerProcess } from '../support/server-process.ts'
import { TroupePage } from '../support/troupe-page.ts'

let browser: Browser
beforeAll(async () => {
  browser = await launchChromium()
})
afterAll(async () => {
  await browser.close()
})

describe('the settings', () => {
  it('try a model, say what is wrong with it, and keep it with its stand-ins and its sampling', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'troupe-settings-'))
    await using llm = await startFakeChatServer()
    try {
      await using server = await ServerProcess.start(dataDir)
      await using troupe = await TroupePage.open(browser, server.url, {
        path: '/settings',
        size: { width: 360, height: 740 },
      })
      const { page } = troupe
      const model = page.getByRole('region', { name: 'Language model' })
      const keep = troupe.button('Keep')
      await model.getByLabel('Address of the server').fill(llm.baseUrl)
      await model.getByLabel('Key').fill('secret-1')
      await model.getByLabel('Model', { exact: true }).fill('fake-model')

      llm.script = answers(401, { error: { message: 'no such key' } })
      await troupe.button('Test').click()
      await model
        .getByText(/refused|key/i)
        .last()
        .waitFor()
      llm.script = says('Good evening, everybody.')
      await troupe.button('Test').click()
      await model.getByText('Good evening, everybody.').waitFor()
      await model.getByText(/First word after/).waitFor()
      expect(llm.lastRequest.authorization).toBe('Bearer secret-1')

      const standIns = page.getByRole('region', { name: 'When it cannot answer' })
      for (const [index, name] of ['first', 'second'].entries()) {
        await troupe.button('Another model').click()
        await standIns.getByLabel('Model').nth(index).fill(name)
      }
      await troupe.button('Ask second earlier').click()
      await page.getByRole('combobox', { name: 'Preset' }).click()
      await page.getByRole('option', { name: 'Lively' }).click()
      await page.getByLabel('Temperature').fill('0.9')
      await page.getByLabel('Temperature').press('Tab')
      expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBe(0)
      await keep.click()
      await page.getByText('Kept', { exact: true }).waitFor()
      expect(JSON.parse(await readFile(join(dataDir, 'troupe.config.json'), 'utf8'))).toEqual({
        llm_base_url: llm.baseUrl,
        llm_api_key: 'secret-1',
        llm_model: 'fake-model',
        llm_fallbacks: [{ model: 'second' }, { model: 'first' }],
        llm_settings: { temperature: 0.9, min_p: 0.05 },
      })
      await page.reload()
      await expect.poll(() => model.getByLabel('Model', { exact: true }).inputValue()).toBe('fake-model')
      expect(await model.getByLabel('Key').inputValue()).toBe('')
      expect(await keep.isDisabled()).toBe(true)
      expect(troupe.faults).toEqual([])
    } finally {
      await rm(dataDir, { recursive: true, force: true })
    }
  })

  it('show what the environment decides, and leave it alone', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'troupe-settings-'))
    try {
      await using server = await ServerProcess.start(dataDir, { TROUPE_LLM_MODEL: 'given' })
      await using troupe = await TroupePage.open(browser, server.url, { path: '/settings' })
      const field = troupe.page
        .getByRole('region', { name: 'Language model' })
        .getByLabel('Model', { exact: true })
      await expect.poll(() => field.inputValue()).toBe('given')
      expect(await field.isDisabled()).toBe(true)
      await troupe.page.getByText('Set by TROUPE_LLM_MODEL').waitFor()
    } finally {
      await rm(dataDir, { recursive: true, force: true })
    }
  })
})
