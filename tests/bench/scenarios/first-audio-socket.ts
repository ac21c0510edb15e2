import { once } from 'node:events'
import { setImmediate as nextTick } from 'node:timers/promises'
import { WebSocket } from 'ws'
import { deferred } from '../../../backend/lib/deferred.ts'
import { startTestApp } from '../../support/test-app.ts'
import { type Line, linesOf } from '../line.ts'
import { inRounds } from '../rounds.ts'
import { type Effort, type Scenario } from '../scenario.ts'
import { startBareStreamer } from './bare-streamer.ts'
import { InstantVoice } from './instant-voice.ts'
import { textOf } from './raw-data.ts'

/** The way of a typed message through the whole server: socket, database in memory, pipeline, socket. */
export const firstAudioSocket: Scenario = { name: 'first-audio-socket', run }

async function run(effort: Effort): Promise<readonly Line[]> {
  await using app = await startTestApp({ engines: { synthesizer: new InstantVoice() } })
  await using bare = await startBareStreamer()
  await answers(app.wsUrl, 20)
  await answers(bare.wsUrl, 20)
  const turns = effort.of(60, 40)
  const { results, isNoisy } = await inRounds(effort.rounds, async () => ({
    ours: await answers(app.wsUrl, turns),
    floor: await answers(bare.wsUrl, turns),
  }))
  return [
    linesOf('first audio', isNoisy)(
      {
        metric: 'over a socket: user_message → first frame at the client, ms',
        floorName: 'bare ws that answers at once',
        goal: { p50: 4 },
      },
      results,
    ),
  ]
}

async function answers(wsUrl: string, turns: number): Promise<number[]> {
  const socket = new WebSocket(wsUrl)
  let frame = deferred<number>()
  let acknowledged = deferred()
  const ready = deferred()
  socket.on('message', (data, isBinary) => {
    const nowMs = performance.now()
    if (isBinary) {
      frame.resolve(nowMs)
      return
    }
    const text = textOf(data)
    if (text.includes('"interrupt_ack"')) acknowledged.resolve()
    if (text.includes('"ready"')) ready.resolve()
  })
  await once(socket, 'open')
  await ready.promise
  const latencies: number[] = []
  for (let turn = 0; turn < turns; turn++) {
    frame = deferred()
    acknowledged = deferred()
    const sentMs = performance.now()
    socket.send(JSON.stringify({ type: 'user_message', data: { text: 'Where is the boat?' } }))
    latencies.push((await frame.promise) - sentMs)
    socket.send(JSON.stringify({ type: 'interrupt', data: {} }))
    await acknowledged.promise
    await nextTick()
  }
  socket.close()
  await once(socket, 'close')
  return latencies
}
