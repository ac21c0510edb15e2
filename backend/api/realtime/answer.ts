import { type Config } from '../../config.ts'
import { type Synthesizer, type ToolCallRequest } from '../../engines/contracts.ts'
import { type AppError, toAppError } from '../../errors.ts'
import { type Clock } from '../../lib/clock.ts'
import { macrotask } from '../../lib/macrotask.ts'
import { estimatedTokens } from '../../prompt/token-counter.ts'
import { type DoorMessage, type Generate, type GenerateEvent, type Usage } from '../core/contract.ts'
import { rateOf } from './audio-format.ts'
import { tokensOf } from './prompt-messages.ts'
import { ReplyVoice } from './reply-voice.ts'
import { type Response } from './response.ts'
import { type Ending } from './response-ending.ts'
import { requestOf } from './response-plan.ts'
import { readingOf, speakerOf, type Talker } from './talker.ts'

export interface AnswerDeps {
  readonly generate: Generate
  readonly synthesizer: Synthesizer
  readonly clock: Clock
  readonly config: Pick<Config, 'first_audio_timeout_ms'>
  readonly talker: Talker
  /** Resolves when the client has room for more. */
  readonly room: (signal: AbortSignal) => Promise<void>
  /** A sentence could not be spoken; the rest may be. */
  readonly onVoiceFailure: (error: AppError) => void
}

type Finish = Extract<GenerateEvent, { type: 'finish' }>

/** A model that does not stop is stopped. */
const MAX_REPLY_CHARACTERS = 100_000

/** Asks the model, and says what it answers. However it goes, the response ends. */
export async function answer(
  deps: AnswerDeps,
  response: Response,
  messages: () => Promise<readonly DoorMessage[]>,
): Promise<void> {
  try {
    const asked = await messages()
    if (response.isOver) return
    response.usageSoFar = () => estimatedUsage(asked, response)
    await perform(deps, response, asked)
  } catch (thrown) {
    if (response.isOver) return
    const { code, message } = toAppError(thrown)
    response.end({ status: 'failed', error: { code, message } })
    if (code === 'internal') throw thrown
  }
}

async function perform(
  deps: AnswerDeps,
  response: Response,
  messages: readonly DoorMessage[],
): Promise<void> {
  const { signal, plan } = response
  let failure: AppError | undefined
  const voice = plan.isSpoken
    ? voiceFor(deps, response, (error) => {
        failure ??= error
        deps.onVoiceFailure(error)
      })
    : undefined
  const request = {
    model: deps.talker.talkable.id,
    messages,
    ...requestOf(plan),
    isSpoken: plan.isSpoken,
  }
  const calls: ToolCallRequest[] = []
  let finish: Finish | undefined
  for await (const event of deps.generate(request, signal)) {
    if (signal.aborted) return
    if (event.type === 'text') {
      const isFirst = response.text === ''
      response.write(event.text)
      voice?.push(event.text)
      // What comes at once is made only when the first word is on its way.
      if (isFirst) await macrotask()
      if (response.text.length > MAX_REPLY_CHARACTERS) break
      await deps.room(signal)
    }
    if (event.type === 'tool_call') calls.push(event)
    if (event.type === 'finish') finish = event
  }
  await voice?.end()
  for (const call of calls) response.call(call)
  response.end(endingOf(response, { finish, failure }), finish?.usage)
}

function voiceFor(deps: AnswerDeps, response: Response, onFailure: (error: AppError) => void): ReplyVoice {
  const { synthesizer, clock, config, talker, room } = deps
  const { plan, signal } = response
  return new ReplyVoice({
    clock,
    synthesizer,
    firstAudioTimeoutMs: config.first_audio_timeout_ms,
    speaker: speakerOf(talker, synthesizer, { wish: plan.voice, speed: plan.speed }),
    reading: readingOf(talker),
    rate: rateOf(plan.format),
    signal,
    onSentence: (sentence) => response.sentence(sentence),
    onSound: (samples) => response.sound(samples),
    room: () => room(signal),
    onFailure: (error) => onFailure(toAppError(error)),
  })
}

function endingOf(
  response: Response,
  { finish, failure }: { finish: Finish | undefined; failure: AppError | undefined },
): Ending {
  // Whoever asked to hear something has heard nothing.
  if (failure && response.firstSoundAtMs === undefined) {
    return { status: 'failed', error: { code: failure.code, message: failure.message } }
  }
  if (!finish || finish.reason === 'length') return { status: 'incomplete', reason: 'max_output_tokens' }
  if (finish.reason === 'content_filter') return { status: 'incomplete', reason: 'content_filter' }
  return { status: 'completed' }
}

/** Of a response that was cut off, which the model's server has not counted. */
function estimatedUsage(messages: readonly DoorMessage[], response: Response): Usage {
  return {
    promptTokens: messages.reduce((sum, message) => sum + tokensOf(message), 0),
    completionTokens: estimatedTokens.count(response.text),
    cachedTokens: 0,
    reasoningTokens: 0,
    loadMs: 0,
    firstTokenMs: 0,
    totalMs: 0,
  }
}
