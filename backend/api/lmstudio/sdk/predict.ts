import { z } from 'zod'
import {
  type DoorMessage,
  type GenerateEvent,
  type GenerateRequest,
  type Talkable,
} from '../../core/contract.ts'
import { estimatedTokenCount } from '../../core/meter.ts'
import { tokensPerSecond } from '../chat-events.ts'
import { type LmStudioDoor } from '../lmstudio-deps.ts'
import { stopReasonOf } from '../v0-stats.ts'
import { History, messagesOf } from './history.ts'
import { type Models, Specifier } from './model-namespace.ts'
import { read, type RpcChannel } from './namespace.ts'
import { ConfigStack, wishesOf } from './prediction-config.ts'

const Predict = z.object({
  modelSpecifier: Specifier,
  history: History,
  predictionConfigStack: ConfigStack,
})

interface Means {
  readonly door: LmStudioDoor
  readonly models: Models
}

type Finish = Extract<GenerateEvent, { type: 'finish' }>

/** A reply, fragment by fragment. Cancelled, it ends with what there is so far. */
export async function predict(
  { door, models }: Means,
  parameter: unknown,
  channel: RpcChannel,
): Promise<void> {
  const { modelSpecifier, history, predictionConfigStack } = read(Predict, parameter)
  const talkable = await models.specified(modelSpecifier, channel.signal)
  const { systemPrompt, ...wishes } = wishesOf(predictionConfigStack)
  const messages = [...systemOf(systemPrompt), ...messagesOf(history)]
  const fragments = new Fragments(channel)
  // It leaves while the model is asked.
  void channel.send({ type: 'promptProcessingProgress', progress: 0 })
  const finish = await answer({ door, channel, fragments }, talkable, {
    model: talkable.id,
    messages,
    ...wishes,
  })
  await channel.send({
    type: 'success',
    stats: statsOf(finish, fragments.tokens),
    modelInfo: models.info(talkable),
    loadModelConfig: { fields: [] },
    predictionConfig: { fields: [] },
  })
}

function systemOf(text: string): DoorMessage[] {
  return text === '' ? [] : [{ role: 'system', parts: [{ type: 'text', text }] }]
}

interface Telling {
  readonly door: LmStudioDoor
  readonly channel: RpcChannel
  readonly fragments: Fragments
}

/** @returns undefined if the program had enough before the end. */
async function answer(
  { door, channel, fragments }: Telling,
  talkable: Talkable,
  request: GenerateRequest,
): Promise<Finish | undefined> {
  let finish: Finish | undefined
  try {
    for await (const event of door.generate(request, channel.signal)) {
      if (event.type === 'finish') finish = event
      else await fragments.tell(event)
    }
  } catch (thrown) {
    if (!channel.isCancelled) throw thrown
  } finally {
    door.residence.use(talkable)
  }
  await fragments.end()
  return finish
}

/** Thoughts stand between tags, as in what the model wrote. */
class Fragments {
  readonly #channel: RpcChannel
  #hasBegun = false
  #isThinking = false
  /** Estimated. */
  tokens = 0

  constructor(channel: RpcChannel) {
    this.#channel = channel
  }

  async tell(event: Exclude<GenerateEvent, Finish>): Promise<void> {
    if (event.type === 'load') return
    if (!this.#hasBegun) void this.#channel.send({ type: 'promptProcessingProgress', progress: 1 })
    this.#hasBegun = true
    if (event.type === 'reasoning') {
      await this.#think()
      await this.#fragment(event.text, 'reasoning')
      return
    }
    await this.end()
    if (event.type === 'text') await this.#fragment(event.text, 'none')
    else await this.#call(event)
  }

  async end(): Promise<void> {
    if (!this.#isThinking) return
    this.#isThinking = false
    await this.#fragment('</think>', 'reasoningEndTag')
  }

  async #think(): Promise<void> {
    if (this.#isThinking) return
    this.#isThinking = true
    await this.#fragment('<think>', 'reasoningStartTag')
  }

  async #fragment(content: string, reasoningType: string): Promise<void> {
    const tokensCount = estimatedTokenCount(content)
    this.tokens += tokensCount
    const fragment = { content, tokensCount, containsDrafted: false, reasoningType, isStructural: false }
    await this.#channel.send({ type: 'fragment', fragment })
  }

  async #call({ id, name, argumentsJson }: Extract<GenerateEvent, { type: 'tool_call' }>): Promise<void> {
    const { send } = this.#channel
    await send({ type: 'toolCallGenerationStart', toolCallId: id })
    await send({ type: 'toolCallGenerationNameReceived', name })
    await send({ type: 'toolCallGenerationArgumentFragmentGenerated', content: argumentsJson })
    const args = objectIn(argumentsJson)
    if (!args) {
      const title = `The model called "${name}" with what is no object`
      await send({ type: 'toolCallGenerationFailed', error: { title }, rawContent: argumentsJson })
      return
    }
    const toolCallRequest = { id, type: 'function', name, arguments: args }
    await send({ type: 'toolCallGenerationEnd', toolCallRequest, rawContent: argumentsJson })
  }
}

function objectIn(json: string): object | undefined {
  try {
    const value: unknown = JSON.parse(json)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined
  } catch {
    return undefined
  }
}

function statsOf(finish: Finish | undefined, told: number): object {
  if (!finish) return { stopReason: 'userStopped', predictedTokensCount: told }
  const { promptTokens, completionTokens, firstTokenMs, totalMs } = finish.usage
  return {
    stopReason: stopReasonOf(finish.reason),
    tokensPerSecond: tokensPerSecond(finish.usage),
    timeToFirstTokenSec: firstTokenMs / 1_000,
    totalTimeSec: totalMs / 1_000,
    promptTokensCount: promptTokens,
    predictedTokensCount: completionTokens,
    totalTokensCount: promptTokens + completionTokens,
  }
}
