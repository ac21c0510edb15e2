import { describe, expect, it } from 'vitest'
import { HeadPages, PAGE, type Question } from '../../../frontend/src/components/library/head-pages.ts'
import { head } from '../support/heads.ts'

type Page = Question & { limit: number; offset: number }

/** A library of `total`, whose answers come when they are let go. */
function createPages(total: number) {
  const asked: Page[] = []
  const waiting: (() => void)[] = []
  const kept: string[] = []
  const pages = new HeadPages({
    fetch(page) {
      asked.push(page)
      return new Promise((resolve) => waiting.push(() => resolve(answerTo(page, total))))
    },
    keep: (heads) => void kept.push(...heads.map(({ id }) => id)),
  })
  const answer = async (): Promise<void> => {
    waiting.shift()?.()
    for (let turn = 0; turn < 20; turn++) await Promise.resolve()
  }
  return { pages, asked, kept, answer }
}

function answerTo({ query = '', limit, offset }: Page, total: number) {
  const count = Math.max(0, Math.min(limit, total - offset))
  return {
    heads: Array.from({ length: count }, (_, index) => head(`${query}${offset + index}`)),
    total,
  }
}

describe('HeadPages', () => {
  it('fetches one page of ten thousand, and the pages one scrolls to', async () => {
    const { pages, asked, kept, answer } = createPages(10_000)
    void pages.ask({})
    await answer()
    expect([pages.ids.value.length, pages.ids.value[0], pages.ids.value[PAGE]]).toEqual([
      10_000,
      '0',
      undefined,
    ])
    void pages.look(100 * PAGE, 100 * PAGE + 10)
    await answer()
    expect(pages.ids.value[100 * PAGE + 5]).toBe(String(100 * PAGE + 5))
    expect(asked.map(({ offset }) => offset)).toEqual([0, 100 * PAGE])
    expect(kept).toHaveLength(2 * PAGE)
  })

  it('does not ask twice for what is on its way, nor for what is there', async () => {
    const { pages, asked, answer } = createPages(500)
    void pages.ask({})
    await answer()
    void pages.look(0, PAGE + 5)
    void pages.look(0, 1.5 * PAGE)
    await answer()
    void pages.look(0, 1.5 * PAGE)
    expect(asked.map(({ offset }) => offset)).toEqual([0, PAGE])
  })

  it('keeps what was found until the newest question is answered, and skips those between', async () => {
    const { pages, asked, answer } = createPages(3)
    void pages.ask({ query: 'n' })
    void pages.ask({ query: 'no' })
    void pages.ask({ query: 'nor' })
    await answer()
    expect(pages.ids.value[0]).toBe('n0')
    await answer()
    expect(pages.ids.value[0]).toBe('nor0')
    expect(asked.map(({ query }) => query)).toEqual(['n', 'nor'])
  })

  it('drops a page that was asked for an older question', async () => {
    const { pages, answer } = createPages(500)
    void pages.ask({})
    await answer()
    void pages.look(100, 110)
    void pages.ask({ query: 'x' })
    await answer()
    await answer()
    expect([pages.ids.value[0], pages.ids.value[100]]).toEqual(['x0', undefined])
  })

  it('asks anew only for what is looked at when something has changed', async () => {
    const { pages, asked, answer } = createPages(10_000)
    void pages.ask({})
    await answer()
    void pages.look(300, 310)
    await answer()
    void pages.refresh()
    await answer()
    expect(asked.map(({ offset }) => offset)).toEqual([0, 300, 300])
    expect([pages.ids.value[0], pages.ids.value[305], pages.turn.value]).toEqual([undefined, '305', 1])
  })

  it('names everybody who was found, in pages of five hundred', async () => {
    const { pages, asked, answer } = createPages(1_100)
    void pages.ask({ tags: ['noir'] })
    await answer()
    const everyone = pages.everyone()
    for (let page = 0; page < 3; page++) await answer()
    expect(await everyone).toHaveLength(1_100)
    expect(asked.at(-1)).toMatchObject({ tags: ['noir'], offset: 1_000 })
  })
})
