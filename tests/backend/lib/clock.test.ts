import { expect, test } from 'vitest'
import { sleep, systemClock } from '../../../backend/lib/clock.ts'
import { FakeClock, settled } from '../../fakes/fake-clock.ts'

// ── sleep() ─────────────────────────────────────────────────────────────────────────────────────

test('sleep() resolves once its time has passed, not before', async () => {
  const clock = new FakeClock()
  let isOver = false
  const sleeping = sleep(clock, 100, new AbortController().signal).then(() => (isOver = true))
  await clock.advance(99)
  expect(isOver).toBe(false)
  await clock.advance(1)
  expect(isOver).toBe(true)
  await sleeping
})

test('sleep() rejects with the reason of its signal and leaves no timer', async () => {
  const clock = new FakeClock()
  const controller = new AbortController()
  const sleeping = sleep(clock, 100, controller.signal)
  const reason = new Error('Interrupted')
  controller.abort(reason)
  await expect(sleeping).rejects.toBe(reason)
  expect(clock.pendingTimers).toBe(0)
})

test('sleep() rejects at once when its signal has aborted already', async () => {
  const clock = new FakeClock()
  const reason = new Error('Interrupted')
  await expect(sleep(clock, 100, AbortSignal.abort(reason))).rejects.toBe(reason)
  expect(clock.pendingTimers).toBe(0)
})

test('sleep() makes an error of a reason that is none', async () => {
  const sleeping = sleep(new FakeClock(), 100, AbortSignal.abort('tired'))
  await expect(sleeping).rejects.toMatchObject({ message: 'Aborted', cause: 'tired' })
})

test('systemClock.after() does not call back after it was cancelled', async () => {
  const calls: string[] = []
  const cancel = systemClock.after(0, () => calls.push('cancelled'))
  cancel()
  await new Promise<void>((resolve) => systemClock.after(1, resolve))
  expect(calls).toEqual([])
})

test('systemClock.nowMs() never goes back', () => {
  const before = systemClock.nowMs()
  expect(systemClock.nowMs()).toBeGreaterThanOrEqual(before)
})

// ── FakeClock ───────────────────────────────────────────────────────────────────────────────────

test('FakeClock.advance() runs timers in order of time, and of setting where the time is the same', async () => {
  const clock = new FakeClock()
  const calls: string[] = []
  clock.after(20, () => calls.push('late'))
  clock.after(10, () => calls.push('first of two'))
  clock.after(10, () => calls.push('second of two'))
  await clock.advance(20)
  expect(calls).toEqual(['first of two', 'second of two', 'late'])
})

test('FakeClock.advance() shows each timer the time at which it was due', async () => {
  const clock = new FakeClock()
  const times: number[] = []
  clock.after(10, () => {
    times.push(clock.nowMs())
    clock.after(5, () => times.push(clock.nowMs()))
  })
  await clock.advance(30)
  expect(times).toEqual([10, 15])
  expect(clock.nowMs()).toBe(30)
  expect(clock.date().toISOString()).toBe('2030-01-01T00:00:00.030Z')
})

test('FakeClock.advance() lets promises and setImmediate settle between two timers', async () => {
  const clock = new FakeClock()
  const calls: string[] = []
  clock.after(10, () => {
    setImmediate(() => void Promise.resolve().then(() => calls.push('work of the first')))
  })
  clock.after(11, () => calls.push('second'))
  await clock.advance(20)
  expect(calls).toEqual(['work of the first', 'second'])
})

test('FakeClock.advance() runs what settles before the first timer is due', async () => {
  const clock = new FakeClock()
  const times: number[] = []
  void settled(1).then(() => clock.after(10, () => times.push(clock.nowMs())))
  await clock.advance(10)
  expect(times).toEqual([10])
})

test('FakeClock.after() returns a function that cancels', async () => {
  const clock = new FakeClock()
  const calls: string[] = []
  const cancel = clock.after(10, () => calls.push('cancelled'))
  expect(clock.pendingTimers).toBe(1)
  cancel()
  expect(clock.pendingTimers).toBe(0)
  await clock.advance(10)
  expect(calls).toEqual([])
})

test('FakeClock.runUntilIdle() stops at the time of the last timer', async () => {
  const clock = new FakeClock()
  clock.after(10, () => clock.after(40, () => undefined))
  await clock.runUntilIdle()
  expect(clock.nowMs()).toBe(50)
})

test('FakeClock.runUntilIdle() refuses to run for ever', async () => {
  const clock = new FakeClock()
  const again = (): void => void clock.after(100, again)
  again()
  await expect(clock.runUntilIdle(1000)).rejects.toThrow('timers are left')
})
