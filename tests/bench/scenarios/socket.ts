import { once } from 'node:events'
import { type Duplex } from 'node:stream'
import { type AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { type WebSocket, WebSocketServer } from 'ws'
import { Speaking } from '#shared/entities.ts'
import { Channel } from '../../../backend/lib/channel.ts'
import { systemClock } from '../../../backend/lib/clock.ts'
import { AudioStreamer } from '../../../backend/pipeline/audio-streamer.ts'
import { type AudioItem } from '../../../backend/pipeline/channel-items.ts'
import { MessageReader } from '../../../backend/pipeline/message-reader.ts'
import { type SpokenMessage, Turn } from '../../../backend/pipeline/turn.ts'
import { TurnGate } from '../../../backend/pipeline/turn-gate.ts'
import { Connection } from '../../../backend/socket/connection.ts'
import { type Samples } from '../figures.ts'
import { type Line, linesOf } from '../line.ts'
import { inRounds } from '../rounds.ts'
import { type Effort, type Scenario } from '../scenario.ts'
import { type BareStreamer, startBareStreamer } from './bare-streamer.ts'
import { Generator } from './generator.ts'

/** B10: what our streamer and connection cost above `ws` itself, per frame of 40 ms. */
export const socket: Scenario = { name: 'socket', run }

const CONNECTIONS = 100
const SAMPLE_RATE = 16_000
/** What an engine gives out at a time: a second of sound. */
const CHUNK = new Int16Array(SAMPLE_RATE).fill(1_000)
/** The first frames are sent ahead; after that the streams are paced. */
const SETTLE_MS = 500

interface Round {
  readonly cpuUs: Required<Samples>
  readonly framesPerCore: Required<Samples>
}

async function run(effort: Effort): Promise<readonly Line[]> {
  await using ours = await startOurStreamer()
  await using bare = await startBareStreamer()
  await using generator = new Generator()
  const measuredMs = effort.of(4_000, 700)
  await cpuPerFrame(ours, generator, 500)
  await cpuPerFrame(bare, generator, 500)
  const { results, isNoisy } = await inRounds(effort.rounds, async (): Promise<Round> => {
    const oursUs = await cpuPerFrame(ours, generator, measuredMs)
    const bareUs = await cpuPerFrame(bare, generator, measuredMs)
    return {
      cpuUs: { ours: [oursUs], floor: [bareUs] },
      framesPerCore: { ours: [1e6 / oursUs], floor: [1e6 / bareUs] },
    }
  })
  const line = linesOf('socket', isNoisy)
  const floorName = 'bare ws streamer'
  return [
    line(
      { metric: `CPU of a 40 ms frame, ${CONNECTIONS} streams, µs`, floorName, goal: { ratio: 1.25 } },
      results.map(({ cpuUs }) => cpuUs),
    ),
    line(
      { metric: 'which is frames per second and core', floorName },
      results.map(({ framesPerCore }) => framesPerCore),
    ),
  ]
}

/** In microseconds of this process, which holds the server alone: the clients are in another. */
async function cpuPerFrame(
  streamer: BareStreamer,
  generator: Generator,
  durationMs: number,
): Promise<number> {
  await generator.run({ type: 'listen', wsUrl: streamer.wsUrl, connections: CONNECTIONS }, 'listening')
  await delay(SETTLE_MS)
  const framesBefore = streamer.sentFrames()
  const before = process.cpuUsage()
  await delay(durationMs)
  const { user, system } = process.cpuUsage(before)
  const frames = streamer.sentFrames() - framesBefore
  await generator.run({ type: 'leave' }, 'left')
  await delay(100)
  return (user + system) / frames
}

/** Our last steps alone, from sound in the channel to the socket. */
async function startOurStreamer(): Promise<BareStreamer> {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false })
  await once(server, 'listening')
  const messages: SpokenMessage[] = []
  const workers = new Set<Promise<unknown>>()
  server.on('connection', (client, request) => {
    const { message, done } = serve(client, request.socket)
    messages.push(message)
    workers.add(done)
  })
  const address: AddressInfo | string | null = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  return {
    wsUrl: `ws://127.0.0.1:${port}`,
    sentFrames: () => messages.reduce((sum, { sentFrames }) => sum + sentFrames, 0),
    async [Symbol.asyncDispose]() {
      for (const client of server.clients) client.terminate()
      await new Promise((resolve) => {
        server.close(resolve)
      })
      await Promise.all(workers)
    },
  }
}

function serve(client: WebSocket, stream: Duplex): { message: SpokenMessage; done: Promise<unknown> } {
  const link = new Connection({ clock: systemClock, socket: client, stream, onOverflow: () => {} })
  const gate = new TurnGate(link)
  const audio = new Channel<AudioItem>({ capacity: 2 })
  const streamer = new AudioStreamer({
    clock: systemClock,
    link,
    gate,
    audio,
    onTurnEnd: () => {},
    onFailure: (_turn, error) => {
      throw error
    },
  })
  const turn = new Turn(gate.open(), { askedAtMs: 0, tokens: 0, sentences: 0, staleDropped: 0 })
  const message = messageOf(turn)
  client.on('close', () => {
    turn.settle('interrupted')
    audio.close()
  })
  const feeding = feed(audio, message)
  const done = Promise.all([feeding, streamer.run()])
  done.catch(() => {}) // Awaited when the server ends.
  return { message, done }
}

/** Speaks until the client has gone. */
async function feed(audio: Channel<AudioItem>, message: SpokenMessage): Promise<void> {
  const { turn } = message
  try {
    for (let chunkIndex = 0; ; chunkIndex++) {
      await audio.send(
        { type: 'audio', turn, message, sentenceIndex: 0, chunkIndex, pcm: CHUNK },
        turn.signal,
      )
    }
  } catch (error) {
    if (!turn.signal.aborted) throw error
  }
}

const SILENT = { voice: {} }

function messageOf(turn: Turn): SpokenMessage {
  return {
    turn,
    messageId: 'message',
    conversationId: 'conversation',
    speaker: { id: 'nora', name: 'Nora', voices: { own: SILENT, narration: SILENT, actions: SILENT } },
    reader: new MessageReader({ speaking: Speaking.parse({}), quotesSpeech: false }),
    stream: 0,
    sampleRate: SAMPLE_RATE,
    content: '',
    isWritten: true,
    sentences: [],
    sentSamples: 0,
    sentFrames: 0,
    playsUntilMs: 0,
    held: undefined,
    playedSamples: 0,
    isPlaybackReported: false,
    shownLength: 0,
    isOnlyRead: false,
    isReplay: false,
    alternativeIndex: undefined,
    following: undefined,
    writtenBefore: 0,
    generation: null,
    toolUses: [],
  }
}
