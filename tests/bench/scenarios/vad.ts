import { setImmediate as nextTick, setTimeout as delay } from 'node:timers/promises'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { MICROPHONE_FRAME_SAMPLES } from '#shared/audio.ts'
import {
  VAD_WINDOW_SAMPLES,
  type VadStream,
  type VoiceActivityDetector,
} from '../../../backend/engines/contracts.ts'
import { createSileroDetector } from '../../../backend/engines/vad/silero/silero-detector.ts'
import { systemClock } from '../../../backend/lib/clock.ts'
import { DEFAULT_UTTERANCE_SETTINGS, UtteranceDetector } from '../../../backend/pipeline/utterance.ts'
import { joined, noise, silence, spoken } from '../../support/speech.ts'
import { type Samples } from '../figures.ts'
import { type Line, linesOf } from '../line.ts'
import { inRounds } from '../rounds.ts'
import { type Effort, type Scenario } from '../scenario.ts'
import { RawSilero } from './raw-silero.ts'

/** B5 and B6: what it costs and how long it takes to hear whether somebody speaks. */
export const vad: Scenario = { name: 'vad', run }

const STREAMS = [1, 16, 32] as const
type Streams = (typeof STREAMS)[number]
const FRAME_MS = 20
/** Frames of a live call come in steps of this, so that the streams are not in step with each other. */
const LIVE_STEP_MS = 4
/** Converting, batching, a hop to the worker and back, and finding the utterances, on top of the network. */
const GOAL_RATIO = 1.45
const LIVE_P99_MS: Readonly<Record<Streams, number>> = { 1: 2, 16: 6, 32: 6 }

interface Round {
  readonly cost: Readonly<Record<Streams, Samples>>
  readonly live: Readonly<Record<Streams, LiveCalls>>
  /** The same watch with nothing to hear. */
  readonly idle: LiveCalls
}

interface LiveCalls {
  readonly latencyMs: readonly number[]
  readonly cpuUs: number
  readonly wallMs: number
  readonly loopDelayMs: number
}

async function run(effort: Effort): Promise<readonly Line[]> {
  const speech = joined(await spoken('The boat leaves at noon, and we should be there soon.'), silence(1_000))
  // Without the gate, so that every window is judged, as the floor does.
  await using detector = await createSileroDetector({ hasEnergyGate: false })
  const raw = await RawSilero.load()
  for (const streams of STREAMS) {
    await inStep(detector, speech, { streams, frames: 80 })
    await raw.cpuPerWindow(streams, 20)
  }
  const { results, isNoisy } = await inRounds(effort.rounds, () => round(effort, { detector, raw, speech }))
  const line = linesOf('vad', isNoisy)
  return [
    ...STREAMS.map((streams) =>
      line(
        {
          metric: `CPU of a 32 ms window, ${streams} ${streams === 1 ? 'stream' : 'streams in step'}, µs`,
          floorName: `onnxruntime-node, batch ${streams}`,
          goal: { ratio: GOAL_RATIO },
        },
        results.map(({ cost }) => cost[streams]),
      ),
    ),
    ...STREAMS.map((streams) =>
      line(
        { metric: `${streams} live: window complete → judged, ms`, goal: { p99: LIVE_P99_MS[streams] } },
        results.map(({ live }) => ({ ours: live[streams].latencyMs })),
      ),
    ),
    line(
      { metric: '32 live: CPU of a window, µs', floorName: 'onnxruntime-node, batch 1' },
      results.map(({ live, idle, cost }) => ({
        ours: [ownCpuUs(live[32], idle)],
        floor: cost[1].floor ?? [],
      })),
    ),
    line(
      { metric: '32 live: event loop delay p99, ms', floorName: 'idle', goal: { p50: 3 } },
      results.map(({ live, idle }) => ({ ours: [live[32].loopDelayMs], floor: [idle.loopDelayMs] })),
    ),
    line({ metric: 'quiet room: windows judged at all, %', goal: { p50: 40 }, isTimed: false }, [
      { ours: [await judgedOfIdle()] },
    ]),
  ]
}

interface Parts {
  readonly detector: VoiceActivityDetector
  readonly raw: RawSilero
  readonly speech: Int16Array
}

async function round(effort: Effort, { detector, raw, speech }: Parts): Promise<Round> {
  const cost = async (streams: Streams): Promise<Samples> => {
    const windows = effort.of(800, 160) / Math.sqrt(streams)
    const frames = Math.ceil((windows * VAD_WINDOW_SAMPLES) / MICROPHONE_FRAME_SAMPLES)
    const ours = await inStep(detector, speech, { streams, frames })
    return { ours: [ours], floor: [await raw.cpuPerWindow(streams, Math.ceil(windows))] }
  }
  const live = (streams: Streams): Promise<LiveCalls> =>
    liveCalls(detector, speech, { streams, durationMs: effort.of(4_000, 500) })
  return {
    cost: { 1: await cost(1), 16: await cost(16), 32: await cost(32) },
    live: { 1: await live(1), 16: await live(16), 32: await live(32) },
    idle: await liveCalls(detector, speech, { streams: 0, durationMs: effort.of(2_000, 300) }),
  }
}

/** Of one window, without what the watch itself costs. */
function ownCpuUs(live: LiveCalls, idle: LiveCalls): number {
  const watchUs = (idle.cpuUs / idle.wallMs) * live.wallMs
  return (live.cpuUs - watchUs) / live.latencyMs.length
}

/** A stream that notes how long its judgements take, and when none is under way. */
class WatchedStream implements VadStream {
  readonly latencyMs: number[] = []
  #judging: Promise<unknown> = Promise.resolve()
  readonly #stream: VadStream

  constructor(stream: VadStream) {
    this.#stream = stream
  }

  async speechProbability(window: Int16Array): Promise<number> {
    const startMs = performance.now()
    const judged = this.#stream.speechProbability(window)
    this.#judging = judged
    const probability = await judged
    this.latencyMs.push(performance.now() - startMs)
    return probability
  }

  get idle(): Promise<unknown> {
    return this.#judging
  }

  reset(): void {
    this.#stream.reset()
  }

  [Symbol.dispose](): void {
    this.#stream[Symbol.dispose]()
  }
}

/** The whole path of a call's microphone: frames in, events out. */
class Microphone implements AsyncDisposable {
  readonly stream: WatchedStream
  readonly #detector: UtteranceDetector
  readonly #sound: Int16Array
  readonly #heard: Promise<void>[] = []
  #at: number

  constructor(detector: VoiceActivityDetector, sound: Int16Array, startSample: number) {
    this.stream = new WatchedStream(detector.openStream())
    this.#sound = sound
    this.#at = startSample
    this.#detector = new UtteranceDetector({
      vad: this.stream,
      clock: systemClock,
      settings: DEFAULT_UTTERANCE_SETTINGS,
      onEvent: (event) => {
        if (event.type === 'failed') throw event.error
        if (event.type === 'utterance_started') this.#heard.push(drain(event.utterance.audio))
      },
    })
    this.#detector.start('hands_free')
  }

  pushFrame(): void {
    const end = this.#at + MICROPHONE_FRAME_SAMPLES
    if (end > this.#sound.length) this.#at = 0
    this.#detector.push(this.#sound.slice(this.#at, this.#at + MICROPHONE_FRAME_SAMPLES))
    this.#at += MICROPHONE_FRAME_SAMPLES
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#detector[Symbol.dispose]()
    this.stream[Symbol.dispose]()
    await Promise.all(this.#heard)
  }
}

/** Nobody transcribes here, and what is heard must not pile up. */
async function drain(audio: AsyncIterable<Int16Array>): Promise<void> {
  for await (const _chunk of audio);
}

function microphones(detector: VoiceActivityDetector, sound: Int16Array, count: number): Microphone[] {
  const apart =
    Math.floor(sound.length / Math.max(1, count) / MICROPHONE_FRAME_SAMPLES) * MICROPHONE_FRAME_SAMPLES
  return Array.from({ length: count }, (_, index) => new Microphone(detector, sound, index * apart))
}

/** All streams push together and wait for each other. @returns CPU µs of this process, all threads, per window. */
async function inStep(
  detector: VoiceActivityDetector,
  sound: Int16Array,
  { streams, frames }: { streams: number; frames: number },
): Promise<number> {
  const calls = microphones(detector, sound, streams)
  await nextTick()
  const before = process.cpuUsage()
  for (let frame = 0; frame < frames; frame++) {
    for (const call of calls) call.pushFrame()
    await Promise.all(calls.map(({ stream }) => stream.idle))
  }
  await nextTick()
  const { user, system } = process.cpuUsage(before)
  const windows = calls.reduce((sum, { stream }) => sum + stream.latencyMs.length, 0)
  for (const call of calls) await call[Symbol.asyncDispose]()
  return (user + system) / windows
}

/** As calls are: every stream a frame each 20 ms, at its own moment. */
async function liveCalls(
  detector: VoiceActivityDetector,
  sound: Int16Array,
  { streams, durationMs }: { streams: number; durationMs: number },
): Promise<LiveCalls> {
  const calls = microphones(detector, sound, streams)
  const phases = FRAME_MS / LIVE_STEP_MS
  const loop = monitorEventLoopDelay({ resolution: 1 })
  loop.enable()
  const before = process.cpuUsage()
  const startMs = performance.now()
  for (let step = 0; step * LIVE_STEP_MS < durationMs; step++) {
    const waitMs = startMs + step * LIVE_STEP_MS - performance.now()
    if (waitMs > 0) await delay(waitMs)
    for (const [index, call] of calls.entries()) if (index % phases === step % phases) call.pushFrame()
  }
  await Promise.all(calls.map(({ stream }) => stream.idle))
  const { user, system } = process.cpuUsage(before)
  const wallMs = performance.now() - startMs
  loop.disable()
  const latencyMs = calls.flatMap(({ stream }) => stream.latencyMs)
  for (const call of calls) await call[Symbol.asyncDispose]()
  // Its own timer of 1 ms is in the histogram.
  return { latencyMs, cpuUs: user + system, wallMs, loopDelayMs: loop.percentile(99) / 1e6 - 1 }
}

/** How much of a minute in a quiet room, with a fan, still reaches the model. */
async function judgedOfIdle(): Promise<number> {
  await using detector = await createSileroDetector()
  const before = detector.counts.windows
  const call = new Microphone(detector, noise(10_000, 30), 0)
  const frames = 60_000 / FRAME_MS
  for (let frame = 0; frame < frames; frame++) {
    call.pushFrame()
    await call.stream.idle
  }
  const windows = call.stream.latencyMs.length
  await call[Symbol.asyncDispose]()
  return (100 * (detector.counts.windows - before)) / windows
}
