import { rm } from 'node:fs/promises'
import { type Page } from 'playwright-core'
import { ensureBuiltUi } from '../../support/built-ui.ts'
import { launchChromium } from '../../support/chromium.ts'
import { type LongTalk, seedLongTalk } from '../../support/seeded-long.ts'
import { ServerProcess } from '../../support/server-process.ts'
import { TroupePage } from '../../support/troupe-page.ts'
import { quantile } from '../figures.ts'
import { type Line, linesOf } from '../line.ts'
import { inRounds } from '../rounds.ts'
import { type Effort, type Scenario } from '../scenario.ts'

/** A conversation of years in a browser: how soon it can be read, at its end and anywhere, and what it holds. */
export const longChat: Scenario = { name: 'long-chat', run }

const PLACES = [0.5, 0.03, 0.97, 0.31, 0.72, 0.18, 0.88, 0.44]

interface Round {
  readonly openMs: number[]
  readonly scrollMs: number[]
  readonly heapMb: number[]
}

async function run(effort: Effort): Promise<readonly Line[]> {
  await ensureBuiltUi()
  const count = effort.of(100_000, 10_000)
  const talk = await seedLongTalk(count)
  const server = await ServerProcess.start(talk.dataDir)
  const browser = await launchChromium()
  try {
    await using troupe = await TroupePage.open(browser, server.url, { path: `/c/${talk.shortId}` })
    const times = effort.of(10, 3)
    const { results, isNoisy } = await inRounds(effort.rounds, () =>
      round(troupe.page, talk, { count, times }),
    )
    return table(results, isNoisy, count)
  } finally {
    await browser.close()
    await server.end('SIGTERM')
    await rm(talk.dataDir, { recursive: true, force: true })
  }
}

function table(results: readonly Round[], isNoisy: boolean, count: number): Line[] {
  const line = linesOf('long-chat', isNoisy)
  return [
    line(
      { metric: `of ${count} lines: click → readable, ms` },
      results.map(({ openMs }) => ({ ours: openMs })),
    ),
    line(
      { metric: 'click → readable, p95 of a round, ms', goal: { p50: 150 } },
      results.map(({ openMs }) => ({ ours: [quantile(openMs, 0.95)] })),
    ),
    line(
      { metric: 'bar dragged to anywhere → readable, ms' },
      results.map(({ scrollMs }) => ({ ours: scrollMs })),
    ),
    line(
      { metric: 'dragged → readable, p95 of a round, ms', goal: { p50: 100 } },
      results.map(({ scrollMs }) => ({ ours: [quantile(scrollMs, 0.95)] })),
    ),
    line(
      { metric: 'heap of the page after that, MB', goal: { p50: 80 }, isTimed: false },
      results.map((each) => ({ ours: each.heapMb })),
    ),
  ]
}

async function round(
  page: Page,
  { longId, shortId }: LongTalk,
  { count, times }: { readonly count: number; readonly times: number },
): Promise<Round> {
  const openMs: number[] = []
  const scrollMs: number[] = []
  for (let time = 0; time < times; time += 1) {
    await page.locator(`nav a[href="/c/${shortId}"]`).click()
    await page
      .getByText(`Line ${count - 1}.`)
      .first()
      .waitFor({ state: 'detached' })
    openMs.push(await opened(page, { href: `/c/${longId}`, last: `Line ${count - 1}.` }))
    await page.waitForFunction(
      (size) => document.querySelector(`[aria-setsize="${size}"]`) !== null,
      String(count),
    )
    for (const place of PLACES) scrollMs.push(await scrolled(page, place))
  }
  return { openMs, scrollMs, heapMb: [await heapMb(page)] }
}

/** From the click until the last line is painted. */
function opened(page: Page, wanted: { readonly href: string; readonly last: string }): Promise<number> {
  return page.evaluate(async ({ href, last }) => {
    const isThere = () =>
      [...document.querySelectorAll('article')].some(
        (line) => line.textContent.includes(last) && getComputedStyle(line).visibility === 'visible',
      )
    const startMs = performance.now()
    document.querySelector<HTMLElement>(`nav a[href="${href}"]`)?.click()
    while (!isThere()) await new Promise(requestAnimationFrame)
    await new Promise(requestAnimationFrame)
    return performance.now() - startMs
  }, wanted)
}

/** Until every row in view is a line, and painted. */
function scrolled(page: Page, place: number): Promise<number> {
  return page.evaluate(async (to) => {
    const script = document.querySelector<HTMLElement>('[role="region"]:has([role="feed"])')
    if (!script) throw new Error('There is no script')
    /** What is being scrolled takes no pointer, so it is not asked what lies under a point. */
    const isRead = () => {
      const { top, height } = script.getBoundingClientRect()
      const rows = [...script.querySelectorAll('[data-row]')]
      return [0.15, 0.5, 0.85].every((share) =>
        rows.some((row) => {
          const box = row.getBoundingClientRect()
          const y = top + height * share
          const isHit = box.top <= y && y < box.bottom && row.querySelector('article') !== null
          return isHit && getComputedStyle(row).visibility === 'visible'
        }),
      )
    }
    const startMs = performance.now()
    script.scrollTop = script.scrollHeight * to
    await new Promise(requestAnimationFrame)
    while (!isRead()) await new Promise(requestAnimationFrame)
    await new Promise(requestAnimationFrame)
    return performance.now() - startMs
  }, place)
}

async function heapMb(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page)
  await session.send('HeapProfiler.collectGarbage')
  const { usedSize } = await session.send('Runtime.getHeapUsage')
  await session.detach()
  return usedSize / 1e6
}
