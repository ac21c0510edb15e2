import { type Character, GenerationInfo } from '#shared/entities.ts'
import { type ReplyEvent } from '../engines/contracts.ts'
import { AppError } from '../errors.ts'
import { type Channel } from '../lib/channel.ts'
import { type Clock } from '../lib/clock.ts'
import { type SpeechItem } from './channel-items.ts'
import { ReplyCleaner } from './clean-reply.ts'
import { SentenceSplitter, type Sentence } from './sentences.ts'
import { type TextStream } from './text-stream.ts'
import { type SpokenMessage, type Turn } from './turn.ts'

/** A model that does not stop is stopped. */
const MAX_REPLY_CHARACTERS = 100_000

export interface ReplyWriterDeps {
  readonly clock: Clock
}

export interface WritingPart {
  readonly turn: Turn
  readonly speaker: Character
  readonly cast: readonly Character[]
  readonly userName: string
  /** The model that is asked, as its server calls it. */
  readonly modelId: string
  /** Where the turn's sentences go. */
  readonly outbox: Channel<SpeechItem>
}

type Finish = Extract<ReplyEvent, { type: 'finish' }>

interface Written {
  readonly message: SpokenMessage
  readonly text: TextStream
}

/** Takes the model's words apart: what is shown, and the sentences that are spoken. */
export class ReplyWriter {
  readonly #deps: ReplyWriterDeps
  readonly #part: WritingPart
  readonly #others: readonly Character[]
  readonly #message: SpokenMessage
  readonly #text: TextStream
  #cleaner: ReplyCleaner
  readonly #splitter = new SentenceSplitter()
  readonly #askedAtMs: number
  #firstTokenAtMs: number | undefined
  #sentenceCount = 0

  constructor(deps: ReplyWriterDeps, part: WritingPart, { message, text }: Written) {
    this.#deps = deps
    this.#part = part
    this.#message = message
    this.#text = text
    this.#askedAtMs = deps.clock.nowMs()
    this.#others = part.cast.filter((character) => character.id !== part.speaker.id)
    this.#cleaner = this.#newCleaner()
  }

  /** For whom the model began to speak, if it was one of the cast. */
  get handsOverTo(): Character | undefined {
    const name = this.#cleaner.cutName
    return name === undefined ? undefined : this.#others.find((other) => answersTo(other, name))
  }

  /** Whether the model spoke for somebody else. */
  get isCut(): boolean {
    return this.#cleaner.isCut
  }

  /** Whether nothing more of this reply is wanted. */
  get isFull(): boolean {
    return this.#cleaner.isCut || this.#message.content.length > MAX_REPLY_CHARACTERS
  }

  take(event: ReplyEvent): void {
    const { timings } = this.#part.turn
    switch (event.type) {
      case 'text':
        this.#firstTokenAtMs ??= this.#deps.clock.nowMs()
        timings.firstTokenAtMs ??= this.#firstTokenAtMs
        // What a reply that is cut short never gets told.
        this.#message.generation ??= {
          model: this.#part.modelId,
          ttft_ms: Math.round(this.#firstTokenAtMs - this.#askedAtMs),
        }
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

  /** Something that is said beside the model's words, e.g. while a tool runs: a sentence of its own. */
  say(sentence: string): void {
    this.#show(this.#cleaner.end())
    this.#show(`${/(?:^|\s)$/.test(this.#message.content) ? '' : ' '}${sentence} `)
  }

  /** What comes now is the beginning of an answer again: it may begin with a name. */
  beginAnew(): void {
    if (this.#cleaner.isCut) return
    this.#show(this.#cleaner.end())
    if (!/(?:^|\s)$/u.test(this.#message.content)) this.#show(' ')
    this.#cleaner = this.#newCleaner()
  }

  /** @returns whether anything was said. */
  end(): boolean {
    this.#show(this.#cleaner.end())
    this.#speak(this.#splitter.end())
    return this.#message.content.trim().length > this.#message.writtenBefore
  }

  #newCleaner(): ReplyCleaner {
    const { speaker, userName } = this.#part
    return new ReplyCleaner({
      speaker: speaker.name,
      nicknames: [speaker.nickname],
      others: this.#others.flatMap(({ name, nickname }) => [name, nickname]),
      userName,
    })
  }

  #checkFinish(event: Finish): void {
    const { timings, speaker } = { timings: this.#part.turn.timings, speaker: this.#part.speaker }
    this.#message.generation = this.#generationOf(event)
    if (event.tokens !== undefined) timings.tokens = Math.max(timings.tokens, event.tokens)
    if (event.reason === 'content_filter') {
      throw new AppError('engine_rejected', `The model server's content filter stopped ${speaker.name}`)
    }
  }

  #generationOf({ reason, tokens, report }: Finish): GenerationInfo | null {
    if (!report) return null
    const durationMs = this.#deps.clock.nowMs() - this.#askedAtMs
    const ttftMs = this.#firstTokenAtMs === undefined ? undefined : this.#firstTokenAtMs - this.#askedAtMs
    return GenerationInfo.parse({
      model: report.model,
      failed_models: report.failedModels.length > 0 ? report.failedModels : undefined,
      attempts: report.attempts,
      duration_ms: Math.round(durationMs),
      ttft_ms: ttftMs === undefined ? undefined : Math.round(ttftMs),
      prompt_tokens: report.promptTokens,
      cached_tokens: report.cachedTokens,
      completion_tokens: tokens,
      reasoning_tokens: report.reasoningTokens,
      cost: report.cost,
      finish_reason: reason,
    })
  }

  #show(cleaned: string): void {
    if (cleaned === '') return
    const text = this.#jointBefore(cleaned) + cleaned
    this.#message.content += text
    this.#text.push(text)
    this.#speak(this.#splitter.push(text))
  }

  /** What goes on from an earlier text begins with a new word, unless it begins with what belongs to the old one. */
  #jointBefore(text: string): string {
    const { content, writtenBefore } = this.#message
    const isFirst = writtenBefore > 0 && content.length === writtenBefore
    return isFirst && !/\s$/u.test(content) && !/^[\s.,;:!?…)\]'’]/u.test(text) ? ' ' : ''
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

/** Names are compared as the cleaner gives them: in small letters, whole or the first of several. */
function answersTo({ name, nickname }: Character, called: string): boolean {
  return [name, nickname].some((own) => {
    const whole = own.trim().toLowerCase()
    return whole !== '' && (whole === called || whole.split(/\s+/)[0] === called)
  })
}
