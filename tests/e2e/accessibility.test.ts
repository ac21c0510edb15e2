import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { type AxeResults } from 'axe-core'
import { type Browser, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { launchChromium } from '../support/chromium.ts'
import { SCREEN_STATES } from '../support/screen-states.ts'
import { SCREENS } from '../support/screens.ts'
import { spoken } from '../support/speech.ts'
import { TroupePage } from '../support/troupe-page.ts'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const SIZES = { wide: { width: 1440, height: 900 }, narrow: { width: 360, height: 740 } }
const THEMES = ['light', 'dark'] as const

let browser: Browser
let said: Int16Array
beforeAll(async () => {
  browser = await launchChromium()
  said = await spoken('Good evening. What are you working on tonight?', 'rms')
})
afterAll(async () => {
  await browser.close()
})

/** In the page: whether it has the colours of this theme, and none is on its way to another. */
function isPainted(theme: string): boolean {
  const isMoving = document.getAnimations().some(({ playState }) => playState === 'running')
  return document.documentElement.dataset['theme'] === theme && !isMoving
}

/** What axe finds that keeps somebody from using the page: where, and why. */
async function obstacles(page: Page): Promise<string[]> {
  const { violations } = await page.evaluate<AxeResults>('axe.run(document, { resultTypes: ["violations"] })')
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes.map(({ html, any }) => `${id}: ${any[0]?.message ?? ''} ${html.slice(0, 160)}`),
    )
}

describe('for everybody', () => {
  for (const [size, viewport] of Object.entries(SIZES)) {
    for (const [name, visit] of Object.entries({ ...SCREENS, ...SCREEN_STATES })) {
      it(`${name} can be used, ${size}, by day and by night`, async () => {
        await using troupe = await TroupePage.open(browser, inject('troupeUrl'), { size: viewport })
        const { page } = troupe
        await visit(troupe, { said })
        await page.evaluate(AXE)
        for (const theme of THEMES) {
          await page.emulateMedia({ colorScheme: theme })
          await page.waitForFunction(isPainted, theme)
          expect({ theme, obstacles: await obstacles(page) }).toEqual({ theme, obstacles: [] })
        }
        expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBe(0)
      })
    }
  }
})
