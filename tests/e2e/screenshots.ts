import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Transformer } from '@napi-rs/image'
import { type Browser } from 'playwright-core'
import { launchChromium } from '../support/chromium.ts'
import { SCREENS, type Visit } from '../support/screens.ts'
import { ServerProcess } from '../support/server-process.ts'
import { spoken } from '../support/speech.ts'
import { TroupePage } from '../support/troupe-page.ts'

/**
 * Takes the pictures of the documentation, from the real server with its embedded engines: `npm run screenshots`.
 * Names of screens after it take only those.
 */

const FOLDER = fileURLToPath(new URL('../../docs/screens', import.meta.url))
const SIZES = { wide: { width: 1440, height: 900 }, narrow: { width: 360, height: 740 } }
const THEMES = ['dark', 'light'] as const
const QUALITY = 72

const wanted = process.argv.slice(2)
const dataDir = await mkdtemp(join(tmpdir(), 'troupe-screenshots-'))
await mkdir(FOLDER, { recursive: true })
const server = await ServerProcess.start(dataDir)
const browser = await launchChromium()
try {
  const said = await spoken('Good evening. What are you working on tonight?', 'rms')
  const screens = Object.entries(SCREENS).filter(([name]) => wanted.length === 0 || wanted.includes(name))
  for (const [name, visit] of screens) await shoot(browser, name, (troupe) => visit(troupe, { said }))
} finally {
  await browser.close()
  await server.end('SIGTERM')
  await rm(dataDir, { recursive: true })
}

async function shoot(
  from: Browser,
  name: string,
  visit: (troupe: TroupePage) => ReturnType<Visit>,
): Promise<void> {
  for (const [size, viewport] of Object.entries(SIZES)) {
    await using troupe = await TroupePage.open(from, server.url, { size: viewport })
    await visit(troupe)
    for (const theme of THEMES) {
      await troupe.page.emulateMedia({ colorScheme: theme })
      // Painting the other light takes a moment.
      await troupe.page.waitForTimeout(700)
      const png = await troupe.page.screenshot()
      await writeFile(join(FOLDER, `${name}-${size}-${theme}.webp`), await new Transformer(png).webp(QUALITY))
    }
  }
}
