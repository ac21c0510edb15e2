import { expect, test } from 'vitest'
import { FairTimers, type Loop } from '../../../backend/lib/fair-timers.ts'

/** An event loop that is turned by hand. */
class ManualLoop implements Loop {
  #nowMs = 0
  #next: (() => void)[] = []

  nowMs(): number {
    return this.#nowMs
  }

  afterPoll(callback: () => void): void {
    this.#next.push(callback)
  }

  /** Sockets are looked at; then runs what waited for that, but nothing that it adds. */
  poll(): void {
    const callbacks = this.#next
    this.#next = []
    for (const callback of callbacks) callback()
  }

  spend(durationMs: number): void {
    this.#nowMs += durationMs
  }

  get isIdle(): boolean {
    return this.#next.length === 0
  }
}

function setUp() {
  const loop = new ManualLoop()
  const timers = new FairTimers(loop)
  const ran: string[] = []
  const due = (name: string, costMs: number): void => {
    timers.run(() => {
      ran.push(name)
      loop.spend(costMs)
    })
  }
  return { loop, ran, due }
}

test('what is due alone runs at once', () => {
  const { ran, due } = setUp()
  due('a', 50)
  expect(ran).toEqual(['a'])
})

test('many that are due together let the sockets in once a millisecond', () => {
  const { loop, ran, due } = setUp()
  for (const name of 'abcdef') due(name, 0.5)
  expect(ran).toEqual(['a', 'b'])
  loop.poll()
  expect(ran).toEqual(['a', 'b', 'c', 'd'])
  loop.poll()
  expect(ran).toEqual(['a', 'b', 'c', 'd', 'e', 'f'])
})

test('nobody overtakes those who wait', () => {
  const { loop, ran, due } = setUp()
  for (const name of 'abc') due(name, 1)
  loop.poll()
  due('later', 1)
  for (let polls = 0; polls < 3; polls++) loop.poll()
  expect(ran).toEqual(['a', 'b', 'c', 'later'])
})

test('after the sockets there is time again, and an idle loop is left alone', () => {
  const { loop, ran, due } = setUp()
  due('a', 50)
  loop.poll()
  due('b', 50)
  expect(ran).toEqual(['a', 'b'])
  loop.poll()
  expect(loop.isIdle).toBe(true)
})
