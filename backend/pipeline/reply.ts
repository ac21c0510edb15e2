import { randomUUID } from 'node:crypto'
import { type Character, type Message } from '#shared/entities.ts'
import { type Config } from '../config.ts'
import { type LanguageModel, type ReplyEvent, type Synthesizer } from '../engines/contracts.ts'
import { AppError } from '../errors.ts'
import { type Channel } from '../lib/channel.ts'
import { type Clock } from '../lib/clock.ts'
import { withDeadline } from '../lib/deadline.ts'
import { buildPrompt, sceneOf } from '../prompt/build-prompt.ts'
import { type Store } from '../store/contract.ts'
import { chooseVoice } from './voice-choice.ts'
import { ReplyCleaner } from './clean-reply.ts'
import { type History } from './history.ts'
import { type Playback } from './playback.ts'
import { type Room } from './room.ts'
import { SentenceSplitter, type Sentence } from './sentences.ts'
import { type SpeechItem } from './channel-items.ts'
import { type Speaker, type SpokenMessage, type Turn } from './turn.ts'
import { TextStream } from './text-stream.ts'
import { type TurnGate } from './turn-gate.ts'

const HISTORY_MESSAGES = 200
/** What models call a user whose name they do not know. */
const ANONYMOUS = 'User'
/** A model that does not stop is stopped. */
const MAX_REPLY_CHARACTERS = 100_000

export interface ReplyDeps {
  readonly clock: Clock
  readonly model: LanguageModel
  readonly synthesizer: Synthesizer
  readonly store: Store
  readonly room: Room
  readonly history: History
  readonly playback: Playback
  readonly gate: TurnGate
  readonly config: Pick<Config, 'user_name' | 'first_token_timeout_ms' | 'token_timeout_ms'>
}

export interface Part {
  readonly turn: Turn
  readonly speaker: Character
  readonly cast: readonly Character[]
  /** Where the turn's sentences go. */
  readonly outbox: Channel<SpeechItem>
}

/**
 * One character's part of a turn: streams its reply as text, hands every sentence on as it completes, and stores the
 * whole before it says that it is whole.
 * @throws what the model or the store threw; what was said until then is stored and will be spoken.
 */
export async function performReply(deps: ReplyDeps, part: Part): Promise<void> {
  const { turn, outbox } = part
  const message = await openMessage(deps, turn, part)
  const text = new TextStream(deps, message)
  text.start()
  try {
    await writeReply(deps, part, { message, text })
  } finally {
    outbox.trySend({ type: 'message_end', turn, message })
    // Whoever streams it has its end, whether or not it could be stored.
    await deps.history.addReply(message).finally(() => text.end())
  }
}

/** A message of the turn that is about to be spoken: a new one, or a stored one once more. */
export async function openMessage(
  deps: Pick<ReplyDeps, 'store' | 'room' | 'playback' | 'synthesizer'>,
  turn: Turn,
  said: { readonly speaker: Character; readonly replayOf?: Message },
): Promise<SpokenMessage> {
  const message: SpokenMessage = {
    turn,
    messageId: said.replayOf?.message_id ?? randomUUID(),
    conversationId: deps.room.conversationId,
    speaker: await speakerOf(deps, said.speaker),
    stream: deps.playback.nextStream(),
    sampleRate: deps.synthesizer.sampleRate,
    content: said.replayOf?.content ?? '',
    isWritten: said.replayOf !== undefined,
    sentences: [],
    sentSamples: 0,
    sentFrames: 0,
    playsUntilMs: 0,
    held: undefined,
    playedSamples: 0,
    isPlaybackReported: false,
    isReplay: said.replayOf !== undefined,
  }
  turn.messages.push(message)
  deps.playback.follow(message)
  return message
}

async function speakerOf(
  deps: Pick<ReplyDeps, 'store' | 'synthesizer'>,
  character: Character,
): Promise<Speaker> {
  const voices = await deps.store.voices.list()
  const voice = voices.find((known) => known.voice_id === character.voice_id) ?? voices[0]
  return { id: character.id, name: character.name, voice: chooseVoice(character, voice, deps.synthesizer) }
}

interface Written {
  readonly message: SpokenMessage
  readonly text: TextStream
}

async function writeReply(deps: ReplyDeps, part: Part, written: Written): Promise<void> {
  const { message } = written
  const writer = new ReplyWriter(deps, part, written)
  for await (const event of await askModel(deps, part)) {
    writer.take(event)
    if (writer.isFull) break
  }
  writer.end()
  message.content = message.content.trimEnd()
  message.isWritten = true
}

async function askModel(deps: ReplyDeps, { turn, speaker, cast }: Part): Promise<AsyncIterable<ReplyEvent>> {
  const { clock, model, room, config } = deps
  const history = await deps.history.lines(room.conversationId, HISTORY_MESSAGES)
  const input = { speaker, cast, history, userName: config.user_name ?? ANONYMOUS }
  const request = { messages: buildPrompt(input), settings: room.modelSettings, scene: sceneOf(input) }
  turn.timings.modelAskedAtMs ??= clock.nowMs()
  return withDeadline((stop) => model.streamReply(request, stop), {
    clock,
    signal: turn.signal,
    firstMs: config.first_token_timeout_ms,
    nextMs: config.token_timeout_ms,
    onLate: () =>
      new AppError(
        'engine_timeout',
        `The language model "${model.name}" did not answer in time; your message is safe, try again`,
      ),
  })
}

/** Takes the model's words apart: what is shown, and the sentences that are spoken. */
class ReplyWriter {
  readonly #deps: ReplyDeps
  readonly #part: Part
  readonly #message: SpokenMessage
  readonly #text: TextStream
  readonly #cleaner: ReplyCleaner
  readonly #splitter = new SentenceSplitter()
  #sentenceCount = 0

  constructor(deps: ReplyDeps, part: Part, { message, text }: Written) {
    const others = part.cast.filter((character) => character.id !== part.speaker.id)
    this.#deps = deps
    this.#part = part
    this.#message = message
    this.#text = text
    this.#cleaner = new ReplyCleaner({
      speaker: part.speaker.name,
      others: others.map((character) => character.name),
      userName: deps.config.user_name ?? ANONYMOUS,
    })
  }

  /** Whether nothing more of this reply is wanted. */
  get isFull(): boolean {
    return this.#cleaner.isCut || this.#message.content.length > MAX_REPLY_CHARACTERS
  }

  take(event: ReplyEvent): void {
    const { timings } = this.#part.turn
    switch (event.type) {
      case 'text':
        timings.firstTokenAtMs ??= this.#deps.clock.nowMs()
        timings.tokens += 1
        this.#show(this.#cleaner.push(event.text))
        return
      case 'finish':
        this.#checkFinish(event)
        return
      case 'reasoning':
      case 'tool_call':
    }
  }

  end(): void {
    this.#show(this.#cleaner.end())
    this.#speak(this.#splitter.end())
    if (this.#message.content === '') {
      throw new AppError(
        'engine_failed',
        `The language model "${this.#deps.model.name}" answered without a word; try again`,
      )
    }
  }

  #checkFinish(event: Extract<ReplyEvent, { type: 'finish' }>): void {
    const { timings, speaker } = { timings: this.#part.turn.timings, speaker: this.#part.speaker }
    if (event.tokens !== undefined) timings.tokens = Math.max(timings.tokens, event.tokens)
    if (event.reason === 'content_filter') {
      throw new AppError('engine_rejected', `The model server's content filter stopped ${speaker.name}`)
    }
  }

  #show(text: string): void {
    if (text === '') return
    this.#message.content += text
    this.#text.push(text)
    this.#speak(this.#splitter.push(text))
  }

  #speak(sentences: readonly Sentence[]): void {
    const { turn, outbox } = this.#part
    for (const sentence of sentences) {
      turn.timings.firstSentenceAtMs ??= this.#deps.clock.nowMs()
      turn.timings.sentences += 1
      outbox.trySend({ type: 'sentence', turn, message: this.#message, sentence, index: this.#sentenceCount })
      this.#sentenceCount += 1
    }
  }
}
