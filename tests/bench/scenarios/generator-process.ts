import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { WebSocket } from 'ws'
import { SeededRandom } from '../../support/seeded-random.ts'
import { quantile } from '../figures.ts'
import { type Job, type Report } from './generator.ts'
import { TalkingClient } from './talking-client.ts'

/** Plays many clients for the bench; started by `generator.ts`, ended with its parent. */

const STALE_WATCH_MS = 200
const LATENESS_PROBE_MS = 5

let listeners: WebSocket[] = []

process.on('message', (job: Job) => {
  perform(job).then(
    (report) => process.send?.(report),
    (error: unknown) => {
      console.error(error)
      process.exit(1)
    },
  )
})
process.on('disconnect', () => process.exit(0))

async function perform(job: Job): Promise<Report> {
  switch (job.type) {
    case 'interrupt':
      return interrupt(job)
    case 'listen':
      listeners = await Promise.all(Array.from({ length: job.connections }, () => listen(job.wsUrl)))
      return { type: 'listening' }
    case 'leave':
  }
  for (const socket of listeners) socket.terminate()
  listeners = []
  return { type: 'left' }
}

async function listen(wsUrl: string): Promise<WebSocket> {
  const socket = new WebSocket(wsUrl)
  socket.on('message', () => {})
  await once(socket, 'open')
  socket.send(JSON.stringify({ type: 'user_message', data: { text: 'Where is the boat?' } }))
  return socket
}

async function interrupt(job: Extract<Job, { type: 'interrupt' }>): Promise<Report> {
  const clients = await Promise.all(
    Array.from({ length: job.connections }, () => TalkingClient.connect(job.wsUrl)),
  )
  const ownLateness = watchOwnLateness()
  await Promise.all(
    clients.map(async (client, index) => {
      const random = new SeededRandom(index + 1)
      // All talk before the first is interrupted, and nobody in step with anybody.
      await delay(random.next() * job.minTalkMs)
      for (let turn = 0; turn < job.interruptsEach; turn++) {
        await client.talk(job.minTalkMs + random.next() * (job.maxTalkMs - job.minTalkMs))
        await client.interrupt()
      }
      // The others are still measured, and all are to be talking.
      await client.talk(0)
    }),
  )
  const ownLatenessMs = ownLateness()
  await delay(STALE_WATCH_MS)
  for (const client of clients) client.close()
  return {
    type: 'interrupted',
    ackMs: clients.flatMap((client) => client.ackMs),
    lastOldFrameMs: clients.flatMap((client) => client.lastOldFrameMs),
    stale: clients.reduce((sum, client) => sum + client.stale, 0),
    ownLatenessMs,
  }
}

/** @returns ends the watch and tells the 99th percentile. */
function watchOwnLateness(): () => number {
  const lateness: number[] = []
  let dueMs = performance.now() + LATENESS_PROBE_MS
  const timer = setInterval(() => {
    const nowMs = performance.now()
    lateness.push(Math.max(0, nowMs - dueMs))
    dueMs = nowMs + LATENESS_PROBE_MS
  }, LATENESS_PROBE_MS)
  return () => {
    clearInterval(timer)
    return quantile(lateness, 0.99)
  }
}
