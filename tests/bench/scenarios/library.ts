import { join } from 'node:path'
import { type Browser, type Page } from 'playwright-core'
import { CharacterDraft } from '#shared/entities.ts'
import { systemClock } from '../../../backend/lib/clock.ts'
import { openSqliteStore } from '../../../backend/store/sqlite/sqlite-store.ts'
import { ensureBuiltUi } from '../../support/built-ui.ts'
import { launchChromium } from '../../support/chromium.ts'
import { ServerProcess } from '../../support/server-process.ts'
import { quantile, type Samples } from '../figures.ts'
import { type Line, linesOf } from '../line.ts'
import { inRounds } from '../rounds.ts'
import { type Effort, type Scenario } from '../scenario.ts'
import { withTemporaryFolder } from '../temporary-folder.ts'

/** The library as somebody with years of cards has it: from a key to what it finds on the screen, in Chromium. */
export const library: Scenario = {
  name: 'library',
  run: (effort) => withTemporaryFolder((folder) => run(effort, folder)),
}

const LETTERS = 'aeiou'
/** As many letters as tell ten thousand apart. */
const NAME_LETTERS = 6

interface Round {
  readonly keyMs: Samples
  readonly p95Ms: Samples
  readonly firstPageBytes: Samples
}

async function run(effort: Effort, folder: string): Promise<readonly Line[]> {
  const count = effort.of(10_000, 2_000)
  const names = Array.from({ length: count }, (_, index) => nameOf(index))
  await fill(join(folder, 'troupe.db'), names)
  await ensureBuiltUi()
  await using server = await ServerProcess.start(folder)
  const browser = await launchChromium()
  try {
    const words = Array.from({ length: effort.of(8, 3) }, (_, index) => names[(index * 1_237) % count] ?? '')
    const { results, isNoisy } = await inRounds(effort.rounds, () =>
      measure(browser, { url: server.url, names, words }),
    )
    const line = linesOf('library', isNoisy)
    const floorName = 'a key into a bare field'
    return [
      line(
        { metric: `key → painted, ${count} characters, ms`, floorName },
        results.map(({ keyMs }) => keyMs),
      ),
      line(
        { metric: 'key → painted, p95 of a round, ms', goal: { p50: 50 } },
        results.map(({ p95Ms }) => p95Ms),
      ),
      line(
        { metric: 'first page, bytes', goal: { p50: 200_000 }, isTimed: false },
        results.map(({ firstPageBytes }) => firstPageBytes),
      ),
    ]
  } finally {
    await browser.close()
  }
}

interface Question {
  readonly url: string
  readonly names: readonly string[]
  /** What is typed, letter by letter. */
  readonly words: readonly string[]
}

async function measure(browser: Browser, { url, names, words }: Question): Promise<Round> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } })
  // Run outside of the test runner, functions sent to the page call this helper of the compiler.
  await context.addInitScript('globalThis.__name ??= (value) => value')
  // Nobody is shown around.
  await context.addInitScript(`localStorage.setItem('troupe.guide', 'done')`)
  try {
    const page = await context.newPage()
    const firstPage = firstPageOf(page)
    await page.goto(`${url}/characters`)
    const main = page.getByRole('main')
    await main.getByRole('listitem').first().waitFor()
    const field = main.getByRole('searchbox', { name: 'Search' })
    const keys: number[] = []
    const floor: number[] = []
    for (const word of words) {
      await field.fill('')
      await page.waitForFunction((all) => document.querySelectorAll('main [role=listitem]').length > all, 3)
      for (let length = 1; length <= word.length; length++) {
        const found = names.filter((name) => name.startsWith(word.slice(0, length))).length
        keys.push(await pressed(page, { key: word[length - 1] ?? '', shown: wordsFor(found) }))
      }
      floor.push(await pressed(page, { key: 'Shift', shown: null }))
    }
    return {
      keyMs: { ours: keys, floor },
      p95Ms: { ours: [quantile(keys, 0.95)] },
      firstPageBytes: { ours: [await firstPage] },
    }
  } finally {
    await context.close()
  }
}

/** Milliseconds from the key to the frame after the one in which these words are shown. */
async function pressed(page: Page, { key, shown }: { key: string; shown: string | null }): Promise<number> {
  const painted = await page.evaluateHandle((words) => {
    const begun = new Promise<number>((resolve) => {
      window.addEventListener('keydown', () => resolve(performance.now()), { once: true, capture: true })
    })
    const status = document.querySelector('main .total')
    const isThere = () => words === null || status?.textContent.trim() === words
    const seen = async (): Promise<number> => {
      const startMs = await begun
      if (!isThere()) {
        await new Promise<void>((resolve) => {
          const observer = new MutationObserver(() => {
            if (!isThere()) return
            observer.disconnect()
            resolve()
          })
          observer.observe(document.body, { subtree: true, childList: true, characterData: true })
        })
      }
      // What comes after a frame has begun comes after it has been painted.
      await new Promise((resolve) => requestAnimationFrame(resolve))
      await new Promise((resolve) => {
        const { port1, port2 } = new MessageChannel()
        port1.addEventListener('message', resolve, { once: true })
        port1.start()
        port2.postMessage(null)
      })
      return performance.now() - startMs
    }
    return { ms: seen() }
  }, shown)
  await page.keyboard.press(key)
  return painted.evaluate(({ ms }) => ms)
}

/** How long the first answer with characters for the list is, as it comes over the line. */
function firstPageOf(page: Page): Promise<number> {
  return new Promise((resolve) => {
    page.on('websocket', (socket) => {
      socket.on('framereceived', ({ payload }) => {
        const text = payload.toString()
        // The first one is for the empty stage; the list asks for more.
        if (text.includes('"character_heads_data"') && text.split('"tagline"').length > 30) {
          resolve(Buffer.byteLength(text))
        }
      })
    })
  })
}

function wordsFor(count: number): string {
  if (count === 1) return 'One character'
  return `${new Intl.NumberFormat('en').format(count)} characters`
}

function nameOf(index: number): string {
  const digits = index.toString(LETTERS.length).padStart(NAME_LETTERS, '0')
  return `q${Array.from(digits, (digit) => LETTERS[Number(digit)] ?? '').join('')}`
}

async function fill(file: string, names: readonly string[]): Promise<void> {
  await using store = await openSqliteStore({ file, clock: systemClock })
  const text = 'Keeps a lighthouse, knows every ship by its lamp, and talks to the fog when nobody listens. '
  for (const [index, name] of names.entries()) {
    await store.characters.create(
      CharacterDraft.parse({
        name,
        description: text.repeat(8),
        personality: text,
        first_message: text,
        creator: `author ${index % 97}`,
        tags: [`tag ${index % 40}`, `kind ${index % 7}`, 'coast'],
        is_favourite: index % 50 === 0,
      }),
    )
  }
}
