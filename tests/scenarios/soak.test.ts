import { expect, it } from 'vitest'
import { AppError } from '../../backend/errors.ts'
import { systemClock } from '../../backend/lib/clock.ts'
import { FakeLanguageModel, type FakeReply } from '../fakes/fake-language-model.ts'
import { FakeSynthesizer } from '../fakes/fake-synthesizer.ts'
import { FakeVad } from '../fakes/fake-vad.ts'
import { activeResources, collectedHeapBytes } from '../support/collected-heap.ts'
import { Rehearsal } from '../support/rehearsal.ts'
import { SeededRandom } from '../support/seeded-random.ts'
import { startTestApp } from '../support/test-app.ts'

const MINUTE_MS = 60_000
const REPORT_MS = 200
const FAULT = new AppError('engine_failed', 'The engine broke')
const SENTENCES = [
  'One two three four.',
  'Five six seven eight nine ten.',
  'A somewhat longer sentence, with a pause in the middle of it.',
]

/** One turn in twenty meets an engine that fails or goes silent. */
function replyOf(random: SeededRandom): FakeReply {
  const deltas = Array.from({ length: 1 + random.below(4) }, () => `${SENTENCES[random.below(3)]} `)
  const firstTokenMs = random.below(600)
  const usual = { deltas, firstTokenMs, tokenMs: random.below(120) }
  if (!random.chance(0.05)) return usual
  const faults: FakeReply[] = [
    { ...usual, ending: FAULT },
    { ...usual, ending: 'stall' },
    { ...usual, deltas: ['This sentence is unspeakable. ', ...deltas] },
    { ...usual, deltas: ['This sentence is endless. ', ...deltas] },
  ]
  return faults[random.below(faults.length)] ?? usual
}

/** The browser: plays what comes as time passes, and reports it. */
function reportPlayed(rehearsal: Rehearsal): void {
  const { link, clock } = rehearsal
  const frames = link.frames()
  const last = frames.at(-1)
  const first = frames.find(({ stream }) => stream === last?.stream)
  if (!last || !first) return
  const elapsed = ((clock.nowMs() - first.atMs) / 1_000) * rehearsal.synthesizer.sampleRate
  rehearsal.played(last.stream, Math.min(last.offset + last.pcm.length, Math.floor(elapsed)))
}

async function liveOneTurn(rehearsal: Rehearsal, random: SeededRandom): Promise<string> {
  const { link, clock, conversation } = rehearsal
  const isInterrupted = random.chance(0.3)
  const interruptAtMs = clock.nowMs() + random.below(2_500)
  rehearsal.type(random.chance(0.3) ? '@Nora and @Felix, go on' : 'Go on')
  let hasInterrupted = false
  while (link.all('turn_ended').length === 0) {
    await clock.advance(REPORT_MS)
    reportPlayed(rehearsal)
    if (isInterrupted && !hasInterrupted && clock.nowMs() >= interruptAtMs) {
      hasInterrupted = true
      conversation.interrupt()
    }
  }
  // What follows an interruption: the last report, the last cut.
  reportPlayed(rehearsal)
  await clock.advance(random.below(3_000))
  expect(link.all('turn_started')).toHaveLength(1)
  expect(link.all('turn_ended')).toHaveLength(1)
  return link.all('turn_ended')[0]?.outcome ?? ''
}

/** What the test doubles noted is not what is tested for growing. */
function forgetNotes({ link, model, synthesizer, changes, errors }: Rehearsal): void {
  for (const notes of [link.said, model.requests, synthesizer.requests, changes, errors]) notes.length = 0
}

it('half an hour of talk, interruptions and faults leaves nothing behind', { timeout: 300_000 }, async () => {
  const random = new SeededRandom(30)
  const before = activeResources()
  const rehearsal = await Rehearsal.begin({
    cast: ['Nora', 'Felix', 'Iris'],
    config: { first_token_timeout_ms: 3_000, token_timeout_ms: 2_000, first_audio_timeout_ms: 3_000 },
    voice: {
      failOn: (text) => (text.includes('unspeakable') ? FAULT : undefined),
      stallOn: (text) => text.includes('endless'),
    },
  })
  const { clock, model, synthesizer } = rehearsal
  model.answer(() => replyOf(random))
  const outcomes: Record<string, number> = {}
  const heaps: number[] = []
  for (let minute = 1; minute <= 30; minute += 1) {
    while (clock.nowMs() < minute * MINUTE_MS) {
      const outcome = await liveOneTurn(rehearsal, random)
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1
      forgetNotes(rehearsal)
    }
    if (minute % 5 === 0) heaps.push(await collectedHeapBytes())
  }
  await clock.advance(MINUTE_MS)
  const [, warm = 0] = heaps
  const megabytes = heaps.map((bytes) => (bytes / 2 ** 20).toFixed(1)).join(', ')
  process.stdout.write(`Soak: ${JSON.stringify(outcomes)}; heap after every 5 minutes: ${megabytes} MB\n`)
  expect(Object.values(outcomes).reduce((sum, count) => sum + count, 0)).toBeGreaterThan(200)
  expect(outcomes['interrupted']).toBeGreaterThan(40)
  expect(outcomes['failed']).toBeGreaterThan(4)
  expect(model.openCalls).toBe(0)
  expect(synthesizer.openCalls).toBe(0)
  expect(clock.pendingTimers).toBe(0)
  expect((heaps.at(-1) ?? 0) - warm).toBeLessThan(2 ** 20)
  await rehearsal[Symbol.asyncDispose]()
  expect(activeResources()).toEqual(before)
})

it('200 clients that come and go leave nothing behind', { timeout: 120_000 }, async () => {
  const random = new SeededRandom(200)
  const vad = new FakeVad()
  const model = new FakeLanguageModel(systemClock, {
    deltas: ['One two three. ', 'Four five.'],
    firstTokenMs: 5,
  })
  const synthesizer = new FakeSynthesizer({ clock: systemClock, ttfbMs: 5 })
  await using app = await startTestApp({ engines: { vad, model, synthesizer } })
  // What a start does on the disk (sweeping out old files) is over soon, and is no part of what clients leave.
  await expect.poll(readsAndWrites).toEqual([])
  const before = activeResources()
  let warm = 0
  for (let cycle = 1; cycle <= 200; cycle += 1) {
    const client = await app.connect()
    client.send('start_listening')
    client.socket.send(Buffer.alloc(640))
    client.send('user_message', { text: '@Nora and @Felix, go on' })
    const wanted = client.received.length + random.below(20)
    await client.until(() => (client.received.length >= wanted ? true : undefined), 'an answer', 10_000)
    if (random.chance(0.3)) client.send('interrupt')
    if (random.chance(0.5)) client.socket.terminate()
    await client[Symbol.asyncDispose]()
    for (const notes of [model.requests, synthesizer.requests]) notes.length = 0
    if (cycle === 100) warm = await collectedHeapBytes()
  }
  await expect.poll(() => vad.openStreams).toBe(0)
  await expect.poll(() => model.openCalls + synthesizer.openCalls).toBe(0)
  const grownBytes = (await collectedHeapBytes()) - warm
  const metrics = await (await fetch(`${app.url}/metrics`, { headers: { connection: 'close' } })).text()
  expect(metrics).toMatch(/^troupe_connections 0$/m)
  await expect.poll(() => activeResources()).toEqual(before)
  process.stdout.write(
    `200 clients: the heap grew by ${(grownBytes / 1024).toFixed(0)} KB in the second hundred\n`,
  )
  expect(grownBytes).toBeLessThan(2 ** 20)
})

function readsAndWrites(): string[] {
  return Object.keys(activeResources()).filter((kind) => kind.startsWith('FSReq'))
}
