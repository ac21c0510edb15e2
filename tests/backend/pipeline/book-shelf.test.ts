import { describe, expect, it, vi } from 'vitest'
import { LorebookDraft } from '#shared/entities.ts'
import { readLorebooks } from '../../../backend/pipeline/book-shelf.ts'
import { openSqliteStore } from '../../../backend/store/sqlite/sqlite-store.ts'
import { tickingClock } from '../store/support.ts'

async function shelf(names: readonly string[]) {
  const store = await openSqliteStore({ file: ':memory:', clock: tickingClock() })
  const { lorebooks } = store
  for (const name of names) await lorebooks.create(LorebookDraft.parse({ name }))
  const parsed = vi.spyOn(lorebooks, 'get')
  const listed = vi.spyOn(lorebooks, 'list')
  const read = async (...ids: string[]) => (await readLorebooks(lorebooks, ids)).map(({ name }) => name)
  return { lorebooks, parsed, listed, read, [Symbol.asyncDispose]: () => store[Symbol.asyncDispose]() }
}

describe('the lorebooks of a prompt', () => {
  it('are those wanted and the global ones, by name', async () => {
    await using test = await shelf(['Sea', 'Air', 'Land'])
    await test.lorebooks.update({ lorebook_id: 'land-001', is_global: true })
    expect(await test.read()).toEqual(['Land'])
    expect(await test.read('sea-001', 'air-001', 'nobody')).toEqual(['Air', 'Land', 'Sea'])
  })

  it('are read once, for all conversations, until they change', async () => {
    await using test = await shelf(['Sea', 'Air'])
    for (let turn = 0; turn < 3; turn++) await test.read('sea-001', 'air-001')
    expect(test.parsed).toHaveBeenCalledTimes(2)
    expect(test.listed).not.toHaveBeenCalled()
    await test.lorebooks.update({ lorebook_id: 'sea-001', name: 'Ocean' })
    expect(await test.read('sea-001', 'air-001')).toEqual(['Air', 'Ocean'])
    expect(test.parsed).toHaveBeenCalledTimes(3)
  })

  it('are forgotten when they are deleted, and when too many others were wanted since', async () => {
    await using test = await shelf(Array.from({ length: 65 }, (_, index) => `Book ${index}`))
    const ids = (await test.lorebooks.versions()).map(({ lorebook_id }) => lorebook_id)
    for (const id of ids) await test.read(id)
    test.parsed.mockClear()
    await test.read(ids.at(-1) ?? '')
    expect(test.parsed).not.toHaveBeenCalled()
    await test.read(ids[0] ?? '')
    expect(test.parsed).toHaveBeenCalledOnce()
    await test.lorebooks.delete(ids[0] ?? '')
    expect(await test.read(ids[0] ?? '')).toEqual([])
  })
})
