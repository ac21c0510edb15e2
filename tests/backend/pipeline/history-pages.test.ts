import { describe, expect, it } from 'vitest'
import { type Message } from '#shared/entities.ts'
import { historyPages, historyUntil } from '../../../backend/pipeline/history-pages.ts'
import { openSqliteStore } from '../../../backend/store/sqlite/sqlite-store.ts'
import { aConversation, aMessage, tickingClock } from '../store/support.ts'

async function told(count: number) {
  const store = await openSqliteStore({ file: ':memory:', clock: tickingClock() })
  const { messages } = store
  const { conversation_id } = await store.conversations.create(aConversation())
  for (let line = 0; line < count; line++) {
    await messages.createAs(`id-${line}`, aMessage(conversation_id, `Line ${line}`))
  }
  return { messages, conversation_id, [Symbol.asyncDispose]: () => store[Symbol.asyncDispose]() }
}

const contents = (page: readonly Message[]) => page.map(({ content }) => content)
const lines = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => `Line ${from + i}`)

describe('reading a long history', () => {
  it('gives it whole and in order, or back to where it is enough', async () => {
    await using test = await told(450)
    const { messages } = test
    expect(contents(await historyUntil(messages, test, () => false))).toEqual(lines(0, 450))
    expect(contents(await historyUntil(messages, test, () => true))).toEqual(lines(250, 450))
    const before = { ...test, before: 'id-210' }
    expect(contents(await historyUntil(messages, before, () => false))).toEqual(lines(0, 210))
  })

  it('lets others have their turn between pages', async () => {
    await using test = await told(600)
    let turns = 0
    let isReading = true
    const others = (): void => {
      turns += 1
      if (isReading) setImmediate(others)
    }
    setImmediate(others)
    await historyUntil(test.messages, test, () => false)
    isReading = false
    expect(turns).toBeGreaterThanOrEqual(3)
  })

  it('goes on when the message it had come to is deleted meanwhile', async () => {
    await using test = await told(450)
    const read: string[] = []
    for await (const page of historyPages(test.messages, test)) {
      read.unshift(...contents(page))
      await test.messages.delete('id-250').catch(() => {})
    }
    expect(read).toEqual(lines(0, 450))
  })
})
