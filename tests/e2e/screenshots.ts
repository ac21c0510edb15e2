import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Page } from 'playwright-core'
import { launchChromium } from '../support/chromium.ts'
import { ServerProcess } from '../support/server-process.ts'
import { spoken } from '../support/speech.ts'
import { TroupePage } from '../support/troupe-page.ts'

/** Takes the pictures of the documentation, from the real server with its embedded engines: `npm run screenshots`. */

const IMAGES = fileURLToPath(new URL('../../docs/images', import.meta.url))
const SIZES = { wide: { width: 1440, height: 900 }, narrow: { width: 360, height: 740 } }
const THEMES = ['dark', 'light'] as const

const dataDir = await mkdtemp(join(tmpdir(), 'troupe-screenshots-'))
await mkdir(IMAGES, { recursive: true })
const server = await ServerProcess.start(dataDir)
const browser = await launchChromium()
try {
  const hello = await spoken('Good evening. What are you working on tonight?', 'rms')
  for (const theme of THEMES) {
    for (const [size, viewport] of Object.entries(SIZES)) {
      await using troupe = await TroupePage.open(browser, server.url, { size: viewport })
      await troupe.page.emulateMedia({ colorScheme: theme })
      await conversation(troupe)
      await shoot(troupe.page, `conversation-${size}-${theme}`)
      await troupe.page.keyboard.press('Escape')
      await call(troupe, hello)
      await shoot(troupe.page, `call-${size}-${theme}`)
    }
  }
} finally {
  await browser.close()
  await server.end('SIGTERM')
  await rm(dataDir, { recursive: true })
}

/** A told joke, an interruption, and two who answer. */
async function conversation(troupe: TroupePage): Promise<void> {
  await troupe.write('@Nora hello, my name is Sam. Tell me a story')
  await troupe.untilSound((await troupe.position()).newest)
  await troupe.page.waitForTimeout(3_500)
  await troupe.page.keyboard.press('Escape')
  await troupe.page.waitForTimeout(600)
  const { newest } = await troupe.position()
  await troupe.write('@Felix and @Iris, what do you think of that?')
  await troupe.untilSound(newest)
  await troupe.page.waitForTimeout(1_800)
}

async function call(troupe: TroupePage, said: Int16Array): Promise<void> {
  await troupe.button('Talk').click()
  await troupe.page.waitForTimeout(1_500)
  const { newest } = await troupe.position()
  await troupe.speak(said)
  await troupe.untilSound(newest)
  await troupe.page.waitForTimeout(1_800)
}

async function shoot(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: join(IMAGES, `${name}.png`) })
}
