import { array, assert, constantFrom, nat, oneof, property, record } from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ScriptPages } from '../../../frontend/src/stores/script-pages.ts'
import { SparseLines } from '../../../frontend/src/stores/sparse-lines.ts'
import { lineOf } from '../../../frontend/src/stores/transcript.ts'
import { message } from '../support/things.ts'

const NEWEST = 5
const line = (id: string) => lineOf(message(id))
const lines = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => line(`m${from + i}`))
const ids = (pages: ScriptPages) => Array.from({ length: pages.count }, (_, i) => pages.at(i)?.id ?? '?')

describe('what is known of a long conversation', () => {
  test('a page is where it was fetched, and nowhere else', () => {
    const known = SparseLines.unknown(100).place(40, lines(40, 50))
    expect([known.at(39), known.at(40)?.id, known.at(49)?.id, known.at(50)]).toEqual([
      undefined,
      'm40',
      'm49',
      undefined,
    ])
    expect(known.gapIn({ from: 35, to: 60 })).toEqual({ from: 35, to: 40 })
    expect(known.gapIn({ from: 42, to: 60 })).toEqual({ from: 50, to: 60 })
    expect(known.gapIn({ from: 42, to: 48 })).toBeNull()
  })

  test('what is deleted moves up what follows, what comes back moves it down', () => {
    const known = SparseLines.unknown(20).place(0, lines(0, 5)).place(10, lines(10, 15))
    const without = known.remove('m3')
    expect([without.count, without.at(3)?.id, without.at(9)?.id]).toEqual([19, 'm4', 'm10'])
    const again = without.insert(3, line('m3'))
    expect([again.count, again.at(3)?.id, again.at(10)?.id]).toEqual([20, 'm3', 'm10'])
  })

  test('the pages that are farthest away are forgotten', () => {
    const known = [0, 10, 20, 30].reduce(
      (pages, start) => pages.place(start, lines(start, start + 10)),
      SparseLines.unknown(40),
    )
    const trimmed = known.trim(35, 20)
    expect([trimmed.heldCount, trimmed.at(5), trimmed.at(25)?.id]).toEqual([20, undefined, 'm25'])
  })

  test('of a page whose place has changed the line that was asked for says where it is now', () => {
    const known = SparseLines.unknown(50).place(20, lines(20, 30)).place(40, lines(40, 45))
    const settled = known.settle(49, { id: 'm20', index: 19 })
    expect([settled.at(19)?.id, settled.at(28)?.id, settled.at(39)]).toEqual(['m20', 'm29', undefined])
  })
})

type Step =
  | { readonly do: 'look' | 'delete' | 'restore' | 'answer'; readonly at: number }
  | { readonly do: 'say' | 'forget' }

const step = oneof(
  record({
    do: constantFrom('look' as const, 'delete' as const, 'restore' as const, 'answer' as const),
    at: nat(1_000),
  }),
  record({ do: constantFrom('say' as const, 'forget' as const) }),
)

/** The conversation as the server has it, and a reader who sees only what was fetched and told. */
class Reading {
  stored = Array.from({ length: 60 }, (_, i) => message(`m${i}`))
  deleted: { index: number; id: string }[] = []
  readonly pages = new ScriptPages()
  #next = 60

  constructor() {
    this.pages.show(this.stored.slice(-NEWEST), this.stored.length)
  }

  take(one: Step): void {
    if (one.do === 'say') this.#say()
    else if (one.do === 'forget') this.#recount()
    else if ('at' in one) this[one.do](one.at)
  }

  look(at: number): void {
    const { count } = this.pages.older.value
    const start = at % Math.max(1, count)
    this.pages.place(start, this.stored.slice(start, Math.min(start + 7, count)))
  }

  delete(at: number): void {
    const index = at % Math.max(1, this.stored.length - NEWEST)
    const [gone] = this.stored.splice(index, 1)
    if (gone === undefined) return
    this.deleted.push({ index, id: gone.message_id })
    if (!this.pages.remove(gone.message_id)) this.#recount()
  }

  restore(): void {
    const back = this.deleted.pop()
    if (back === undefined) return
    const index = Math.min(back.index, this.stored.length)
    this.stored.splice(index, 0, message(back.id))
    this.pages.insert(index, message(back.id))
  }

  /** Another take of what was said there: nothing follows it any more. */
  answer(at: number): void {
    const index = this.pages.count - 1 - (at % 12)
    const known = this.pages.at(index)
    if (known === undefined || index < 12) return
    this.stored = this.stored.slice(0, index + 1)
    this.deleted = []
    this.pages.cutBehind(known.id)
  }

  #say(): void {
    const said = message(`m${this.#next}`)
    this.#next += 1
    this.stored.push(said)
    this.pages.put(said)
    this.pages.settleNewest()
  }

  #recount(): void {
    const anchor = this.pages.older.value.nearest(0)
    const index = anchor && this.stored.findIndex((one) => one.message_id === anchor.id)
    const oldest = this.pages.lines.value[0]?.id
    const count = this.stored.findIndex((one) => one.message_id === oldest)
    this.pages.settle(count, anchor && index !== undefined ? { id: anchor.id, index } : undefined)
  }
}

test('whatever is looked at, said, deleted and brought back: every line stands where it belongs, once, and all can be had', () => {
  assert(
    property(array(step, { maxLength: 60 }), (steps) => {
      const reading = new Reading()
      for (const one of steps) {
        reading.take(one)
        const expected = reading.stored.map((stored) => stored.message_id)
        const shown = ids(reading.pages)
        expect(shown).toHaveLength(expected.length)
        expect(shown.map((id, index) => (id === '?' ? expected[index] : id))).toEqual(expected)
      }
      for (let gap = reading.pages.older.value.gapIn({ from: 0, to: Infinity }); gap;) {
        reading.pages.place(gap.from, reading.stored.slice(gap.from, gap.to))
        gap = reading.pages.older.value.gapIn({ from: 0, to: Infinity })
      }
      expect(ids(reading.pages)).toEqual(reading.stored.map((stored) => stored.message_id))
    }),
    { numRuns: 500, seed: 4 },
  )
})

test('a talk that goes on for hours is not held whole', () => {
  const pages = new ScriptPages()
  for (let i = 0; i < 5_000; i += 1) {
    pages.put(message(`m${i}`))
    pages.settleNewest()
  }
  expect(pages.count).toBe(5_000)
  expect(pages.older.value.heldCount + pages.lines.value.length).toBeLessThan(1_100)
  expect([pages.at(4_999)?.id, pages.at(4_800)?.id, pages.at(10)]).toEqual(['m4999', 'm4800', undefined])
})
