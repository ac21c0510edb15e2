import { type ToolCallRequest } from '../../engines/contracts.ts'
import { type HeardSentence } from '../../pipeline/heard-text.ts'
import { type Usage } from '../core/contract.ts'
import { encodedAudio, rateOf, Sound } from './audio-format.ts'
import { newId } from './ids.ts'
import { type Item, type ItemStatus, type MessageItem, type SaidPart, writtenItem } from './items.ts'
import { type ResponsePlan } from './response-plan.ts'
import { detailsOf, type Ending, usageOf } from './response-ending.ts'
import { type Emit } from './server-events.ts'

export interface ResponseDeps {
  readonly plan: ResponsePlan
  readonly emit: Emit
  /** Samples per second of the voice. */
  readonly voiceRate: number
  readonly conversationId: string
  readonly nowMs: () => number
  /** Puts an item into the conversation. @returns the id of the one in front of it. */
  readonly insert: (item: Item) => string | null
  readonly previousIdOf: (item: Item) => string | null
}

type Delta = 'text' | 'audio' | 'transcript'
const NAMES = {
  text: 'response.output_text',
  audio: 'response.output_audio',
  transcript: 'response.output_audio_transcript',
} as const

/**
 * One response, as its client is told of it. Whatever happens, each thing that was begun is ended, in order, and then
 * the response; what comes after that is not told.
 */
export class Response {
  readonly id = newId('resp')
  readonly plan: ResponsePlan
  /** When its first sound left. */
  firstSoundAtMs: number | undefined
  /** What it has cost so far, of one that is ended from outside. */
  usageSoFar: () => Usage | undefined = () => undefined
  readonly #deps: ResponseDeps
  readonly #stop = new AbortController()
  readonly #output: Item[] = []
  #message: MessageItem | undefined
  #ending: Ending | undefined
  #usage: Usage | undefined

  constructor(deps: ResponseDeps) {
    this.#deps = deps
    this.plan = deps.plan
    deps.emit({ type: 'response.created', response: this.#written() })
  }

  /** Aborts when it has ended. */
  get signal(): AbortSignal {
    return this.#stop.signal
  }

  get isOver(): boolean {
    return this.#ending !== undefined
  }

  /** Whether it ended by itself, and not from outside. */
  get endedItself(): boolean {
    return this.#ending !== undefined && this.#ending.status !== 'cancelled'
  }

  /** What has been said aloud of it. */
  get said(): SaidPart | undefined {
    const messages = this.#output.filter((item) => item.type === 'message')
    return messages.flatMap(({ content }) => content).findLast((part) => part.type === 'output_audio')
  }

  /** All that was written in it. */
  get text(): string {
    const part = this.#message?.content[0]
    if (part?.type === 'output_audio') return part.written
    return part?.type === 'output_text' ? part.text : ''
  }

  write(delta: string): void {
    if (this.isOver || delta === '') return
    const [part] = this.#openMessage().content
    if (part?.type === 'output_audio') part.written += delta
    if (part?.type === 'output_text') part.text += delta
    this.#tell(this.plan.isSpoken ? 'transcript' : 'text', delta)
  }

  /** @param samples at the rate of the response's format. */
  sound(samples: Int16Array): void {
    if (this.isOver || samples.length === 0) return
    const [part] = this.#openMessage().content
    if (part?.type !== 'output_audio') return
    this.firstSoundAtMs ??= this.#deps.nowMs()
    part.sound.add(samples)
    this.#tell('audio', encodedAudio(samples, this.plan.format))
  }

  /** A sentence begins to sound. */
  sentence(sentence: HeardSentence): void {
    this.said?.sentences.push(sentence)
  }

  /** Functions are called when everything else is said. */
  call({ id: callId, name, argumentsJson }: ToolCallRequest): void {
    if (this.isOver) return
    this.#closeMessage('completed')
    const item: Item = {
      id: newId('item'),
      type: 'function_call',
      status: 'in_progress',
      callId,
      name,
      argumentsJson,
    }
    const where = this.#open(item, { arguments: '' })
    const told = { ...where, call_id: callId }
    this.#deps.emit({ type: 'response.function_call_arguments.delta', ...told, delta: argumentsJson })
    const done = { ...told, name, arguments: argumentsJson }
    this.#deps.emit({ type: 'response.function_call_arguments.done', ...done })
    this.#close(item, 'completed')
  }

  /** @returns false if it had ended before. */
  end(ending: Ending, usage?: Usage): boolean {
    if (this.isOver) return false
    // What is written is ahead of what is said; who is cut off has not said the rest.
    const { said } = this
    if (said && ending.status === 'cancelled') said.heardMs = Math.min(said.heardMs, said.sound.durationMs)
    this.#closeMessage(ending.status === 'completed' ? 'completed' : 'incomplete')
    this.#ending = ending
    this.#usage = usage ?? this.usageSoFar()
    this.#deps.emit({ type: 'response.done', response: this.#written() })
    this.#stop.abort(new Error(`The response is ${ending.status}`))
    return true
  }

  #openMessage(): MessageItem {
    if (this.#message?.status === 'in_progress') return this.#message
    const { plan, voiceRate } = this.#deps
    const said: SaidPart = {
      type: 'output_audio',
      written: '',
      sound: new Sound(rateOf(plan.format)),
      sentences: [],
      voiceRate,
      heardMs: Infinity,
    }
    const item: MessageItem = {
      id: newId('item'),
      type: 'message',
      role: 'assistant',
      status: 'in_progress',
      content: [],
    }
    const where = this.#open(item)
    this.#message = item
    item.content.push(plan.isSpoken ? said : { type: 'output_text', text: '' })
    const part = plan.isSpoken ? { type: 'audio', transcript: '' } : { type: 'text', text: '' }
    this.#deps.emit({ type: 'response.content_part.added', ...where, content_index: 0, part })
    return item
  }

  #closeMessage(status: ItemStatus): void {
    const item = this.#message
    if (!item || item.status !== 'in_progress') return
    const where = { ...this.#where(item), content_index: 0 }
    const text = this.text
    const { emit } = this.#deps
    if (this.plan.isSpoken) {
      emit({ type: `${NAMES.audio}.done`, ...where })
      emit({ type: `${NAMES.transcript}.done`, ...where, transcript: text })
      emit({ type: 'response.content_part.done', ...where, part: { type: 'audio', transcript: text } })
    } else {
      emit({ type: `${NAMES.text}.done`, ...where, text })
      emit({ type: 'response.content_part.done', ...where, part: { type: 'text', text } })
    }
    this.#close(item, status)
  }

  #open(item: Item, changes: Record<string, unknown> = {}) {
    const { emit, insert, plan } = this.#deps
    this.#output.push(item)
    const where = this.#where(item)
    const { item_id: _id, ...place } = where
    const written = { ...writtenItem(item), ...changes }
    const previous = plan.isInConversation ? insert(item) : null
    emit({ type: 'response.output_item.added', ...place, item: written })
    if (plan.isInConversation) {
      emit({ type: 'conversation.item.added', previous_item_id: previous, item: written })
    }
    return where
  }

  #close(item: Item, status: ItemStatus): void {
    const { emit, plan, previousIdOf } = this.#deps
    item.status = status
    const written = writtenItem(item)
    if (plan.isInConversation) {
      emit({ type: 'conversation.item.done', previous_item_id: previousIdOf(item), item: written })
    }
    const { item_id: _id, ...place } = this.#where(item)
    emit({ type: 'response.output_item.done', ...place, item: written })
  }

  #where(item: Item) {
    return { response_id: this.id, item_id: item.id, output_index: this.#output.indexOf(item) }
  }

  #tell(kind: Delta, delta: string): void {
    if (!this.#message) return
    const where = { ...this.#where(this.#message), content_index: 0 }
    this.#deps.emit({ type: `${NAMES[kind]}.delta`, ...where, delta })
  }

  #written(): Record<string, unknown> {
    const { plan, conversationId } = this.#deps
    return {
      object: 'realtime.response',
      id: this.id,
      status: this.#ending?.status ?? 'in_progress',
      status_details: detailsOf(this.#ending),
      output: this.#output.map((item) => writtenItem(item)),
      conversation_id: plan.isInConversation ? conversationId : null,
      output_modalities: [plan.isSpoken ? 'audio' : 'text'],
      max_output_tokens: plan.maxOutputTokens,
      audio: { output: { format: plan.format, voice: plan.voice } },
      usage: this.#ending && usageOf(this.#usage),
      metadata: plan.metadata,
    }
  }
}
