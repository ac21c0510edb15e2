import { expect, it } from 'vitest'
import { type CrudAnswer } from '#shared/protocol/events.ts'
import { ChangeFeed } from '../../../backend/crud/changes.ts'

const change: CrudAnswer = { type: 'character_deleted', data: { id: 'nora-001' } }

it('publish() tells every listener the change and its origin, at once', () => {
  const feed = new ChangeFeed(() => {})
  const heard: unknown[] = []
  feed.subscribe((answer, origin) => heard.push(['first', answer, origin]))
  feed.subscribe((answer, origin) => heard.push(['second', answer, origin]))
  feed.publish(change, 7)
  expect(heard).toEqual([
    ['first', change, 7],
    ['second', change, 7],
  ])
})

it('a listener that throws does not keep the change from the others', () => {
  const failures: unknown[] = []
  const feed = new ChangeFeed((error) => failures.push(error))
  const heard: CrudAnswer[] = []
  feed.subscribe(() => {
    throw new Error('broken listener')
  })
  feed.subscribe((answer) => heard.push(answer))
  feed.publish(change, undefined)
  expect(heard).toEqual([change])
  expect(failures).toEqual([new Error('broken listener')])
})

it('a listener hears nothing after it unsubscribed, its twin still does', () => {
  const feed = new ChangeFeed(() => {})
  let count = 0
  const listener = (): void => {
    count++
  }
  const stop = feed.subscribe(listener)
  feed.subscribe(listener)
  stop()
  stop()
  feed.publish(change, undefined)
  expect(count).toBe(1)
})

it('publish() works when it is handed on as a function', () => {
  const feed = new ChangeFeed(() => {})
  const heard: CrudAnswer[] = []
  feed.subscribe((answer) => heard.push(answer))
  const { publish } = feed
  publish(change, undefined)
  expect(heard).toEqual([change])
})
