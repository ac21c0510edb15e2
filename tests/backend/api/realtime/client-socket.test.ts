import { describe, expect, it } from 'vitest'
import { ClientSocket, type TextSocket } from '../../../../backend/api/realtime/client-socket.ts'
import { GA } from '../../../../backend/api/realtime/dialect.ts'
import { FakeClock } from '../../../fakes/fake-clock.ts'

const NEVER = new AbortController().signal

class StuckSocket implements TextSocket {
  readonly OPEN = 1
  readyState = 1
  bufferedAmount = 0
  sent = 0
  isTerminated = false

  send(text: string): void {
    this.sent += 1
    this.bufferedAmount += text.length
  }

  close(): void {
    this.readyState = 2
  }

  terminate(): void {
    this.isTerminated = true
    this.readyState = 3
  }
}

function stage() {
  const socket = new StuckSocket()
  const clock = new FakeClock()
  const overflows: number[] = []
  const client = new ClientSocket({
    socket,
    clock,
    dialect: GA,
    gather: () => {},
    onOverflow: () => overflows.push(clock.nowMs()),
  })
  return { socket, clock, client, overflows }
}

const SECOND_OF_SOUND = { type: 'response.output_audio.delta', delta: 'A'.repeat(64_000) }

describe('a client that does not read', () => {
  it('gets no more sound until it does', async () => {
    const { socket, clock, client } = stage()
    for (let second = 0; second < 10; second += 1) client.send(SECOND_OF_SOUND)
    let hasRoom = false
    const waiting = client.room(NEVER).then(() => {
      hasRoom = true
      return hasRoom
    })
    await clock.advance(1_000)
    expect(hasRoom).toBe(false)
    socket.bufferedAmount = 0
    await clock.advance(100)
    expect(await waiting).toBe(true)
  })

  it('is let go when it takes nothing for long', async () => {
    const { socket, clock, client, overflows } = stage()
    for (let second = 0; second < 10; second += 1) client.send(SECOND_OF_SOUND)
    const waiting = client.room(NEVER)
    await clock.advance(11_000)
    await waiting
    expect(socket.isTerminated).toBe(true)
    expect(overflows).toHaveLength(1)
  })

  it('is never kept more for than fits', () => {
    const { socket, client } = stage()
    for (let second = 0; second < 2_000 && !socket.isTerminated; second += 1) client.send(SECOND_OF_SOUND)
    expect(socket.isTerminated).toBe(true)
    expect(socket.bufferedAmount).toBeLessThan(34 * 1024 * 1024)
  })
})
