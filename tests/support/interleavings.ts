import { type AudioFrame } from '#shared/protocol/audio-frame.ts'
import { type ConversationEvent } from '#shared/protocol/events.ts'
import { Config } from '../../backend/config.ts'
import {
  type LanguageModel,
  type ModelProfile,
  type ReplyEvent,
  type SpeechChunk,
  type Synthesizer,
} from '../../backend/engines/contracts.ts'
import { AppError } from '../../backend/errors.ts'
import { type ClientLink } from '../../backend/pipeline/client-link.ts'
import { Conversation } from '../../backend/pipeline/conversation.ts'
import { noTools } from '../fakes/no-tools.ts'
import { memoryStore } from '../fakes/memory-store.ts'
import { SeededRandom } from './seeded-random.ts'
import { ShuffledTime } from './shuffled-time.ts'

/**
 * Plays one conversation in an order that the seed decides, with engines that break every promise: results come late,
 * after an abort, in pieces, with failures; users interrupt whenever they like.
 * @returns what was wrong with what the client got; empty when all was well.
 */
export async function explore(seed: number): Promise<string[]> {
  const random = new SeededRandom(seed)
  const time = new ShuffledTime(random)
  const client = new Client()
  const errors: AppError[] = []
  const conversation = new Conversation({
    clock: time,
    link: client,
    store: { ...memoryStore(['Ann', 'Bob']), seed: unused, [Symbol.asyncDispose]: unused },
    model: unrulyModel(time, random),
    synthesizer: unrulyVoice(time, random),
    config: CONFIG,
    tools: noTools,
    publish: () => {},
    onError: (error) => errors.push(error),
    onTurnEnded: () => {},
  })
  say(conversation, time, false)
  for (let step = 0; step < MAX_STEPS; step++) {
    await time.step()
    if (random.chance(0.06)) act(conversation, { random, time, client })
    if (time.pendingTasks === 0 && random.chance(0.3)) break
  }
  for (let step = 0; step < MAX_STEPS && time.pendingTasks > 0; step++) await time.step()
  await rest()
  await conversation[Symbol.asyncDispose]()
  const defects = errors.filter((error) => error.code === 'internal').map(String)
  return [...client.faults(), ...defects]
}

/** @returns the first seed that goes wrong, and how; undefined if none does. */
export async function findFaultySeed(seeds: {
  from: number
  count: number
}): Promise<{ seed: number; faults: string[] } | undefined> {
  for (let seed = seeds.from; seed < seeds.from + seeds.count; seed++) {
    const faults = await explore(seed)
    if (faults.length > 0) return { seed, faults }
  }
  return undefined
}

const MAX_STEPS = 120
const CONFIG = Config.parse({})
const TEXTS = ['One two three. ', 'Four five, six seven eight nine ten. ', 'Eleven.', 'Ann: twelve ', '<Bob>']

function unused(): never {
  throw new Error('Not part of this test')
}

/** Enough microtasks for everything that needs no time to come to its end. */
async function rest(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve))
}

function say(conversation: Conversation, time: ShuffledTime, isInterrupting: boolean): void {
  conversation.say({ text: '@Ann @Bob go', isSpoken: false, isInterrupting, askedAtMs: time.nowMs() })
}

function act(
  conversation: Conversation,
  stage: { random: SeededRandom; time: ShuffledTime; client: Client },
): void {
  const { random, time, client } = stage
  const choice = random.below(6)
  if (choice <= 2) conversation.interrupt()
  else if (choice === 3) say(conversation, time, true)
  else if (choice === 4) say(conversation, time, false)
  else if (client.lastFrame) {
    const { epoch, stream, offset } = client.lastFrame
    conversation.played({ epoch, stream, samples: random.below(offset + 1_000) })
  }
}

const PROFILE = {
  id: 'unruly',
  contextTokens: 8_192,
  canUseTools: false,
  roles: 'free',
  isLanguageModel: true,
} satisfies ModelProfile

function unrulyModel(time: ShuffledTime, random: SeededRandom): LanguageModel {
  return {
    name: 'unruly',
    status: () => ({ name: 'unruly', ready: true }),
    profile: () => PROFILE,
    listModels: async () => [PROFILE],
    async *streamReply(): AsyncGenerator<ReplyEvent> {
      for (let delta = random.below(5); delta >= 0; delta--) {
        if (random.chance(0.8)) await time.sometime()
        yield { type: 'text', text: TEXTS[random.below(TEXTS.length)] ?? '' }
        if (random.chance(0.05)) throw new AppError('engine_failed', 'Broke off')
      }
      yield { type: 'finish', reason: 'stop' }
    },
    [Symbol.asyncDispose]: async () => {},
  }
}

function unrulyVoice(time: ShuffledTime, random: SeededRandom): Synthesizer {
  return {
    name: 'unruly',
    sampleRate: 16_000,
    voices: [],
    canClone: false,
    honours: [],
    listVoices: async () => [],
    status: () => ({ name: 'unruly', ready: true }),
    async *synthesize(): AsyncGenerator<SpeechChunk> {
      for (let chunk = random.below(3); chunk >= 0; chunk--) {
        if (random.chance(0.8)) await time.sometime()
        if (random.chance(0.05)) throw new AppError('engine_failed', 'Lost its voice')
        yield { pcm: new Int16Array(random.below(2_000)) }
      }
    },
    [Symbol.asyncDispose]: async () => {},
  }
}

/** A client that checks every promise of the wire as it listens. */
class Client implements ClientLink {
  readonly bufferedBytes = 0
  lastFrame: AudioFrame | undefined
  readonly #faults: string[] = []
  readonly #started = new Set<number>()
  readonly #ended = new Set<number>()
  readonly #nextSeq = new Map<number, number>()
  #acknowledged = 0

  send(event: ConversationEvent): void {
    switch (event.type) {
      case 'interrupt_ack':
        this.#acknowledged = Math.max(this.#acknowledged, event.data.epoch)
        return
      case 'turn_started':
        this.#note(this.#started.has(event.data.epoch), `turn ${event.data.epoch} started twice`)
        this.#started.add(event.data.epoch)
        return
      case 'turn_ended':
        this.#note(!this.#started.has(event.data.epoch), `turn ${event.data.epoch} ended before it started`)
        this.#note(this.#ended.has(event.data.epoch), `turn ${event.data.epoch} ended twice`)
        this.#ended.add(event.data.epoch)
        return
      case 'text_stream_start':
      case 'text_chunk':
      case 'text_stream_stop':
      case 'audio_stream_start':
      case 'audio_chunk':
      case 'audio_stream_stop':
        this.#checkEpoch(event.type, event.data.epoch)
        return
      default:
    }
  }

  sendAudio(frame: AudioFrame): void {
    this.lastFrame = frame
    this.#checkEpoch('a frame', frame.epoch)
    const expected = this.#nextSeq.get(frame.stream) ?? 0
    this.#note(frame.seq !== expected, `frame ${frame.seq} of stream ${frame.stream} instead of ${expected}`)
    this.#nextSeq.set(frame.stream, frame.seq + 1)
  }

  faults(): string[] {
    const open = [...this.#started].filter((epoch) => !this.#ended.has(epoch))
    return [...this.#faults, ...open.map((epoch) => `turn ${epoch} never ended`)]
  }

  #checkEpoch(what: string, epoch: number): void {
    this.#note(
      epoch <= this.#acknowledged,
      `${what} of epoch ${epoch} after the acknowledgement of ${this.#acknowledged}`,
    )
    this.#note(this.#ended.has(epoch), `${what} of epoch ${epoch} after its end`)
  }

  #note(isFault: boolean, fault: string): void {
    if (isFault) this.#faults.push(fault)
  }
}
