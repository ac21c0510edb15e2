import { type RunnerTalk, type RunnerTalkEvent } from '#shared/entities.ts'
import { type LanguageModel } from '../../engines/contracts.ts'
import { AppError } from '../../errors.ts'
import { type Clock } from '../../lib/clock.ts'
import { type DoorMessage, type Usage } from '../core/contract.ts'
import { Meter } from '../core/meter.ts'
import { modelQuestion } from '../core/question.ts'

export interface TalkDeps {
  /** Answers through runners. */
  readonly model: LanguageModel
  readonly clock: Clock
}

interface Talk extends RunnerTalk {
  /** Of the runner. */
  readonly id: string
}

/** The model's own words, without any character; it is started for that. Nothing of it is kept. */
export async function* talkEvents(
  { model, clock }: TalkDeps,
  { id, messages }: Talk,
  signal: AbortSignal,
): AsyncGenerator<RunnerTalkEvent, void> {
  const meter = new Meter(clock)
  const { request } = modelQuestion(
    { model: id, messages: messages.map(doorMessage), settings: {}, stops: [], tools: [] },
    id,
  )
  for await (const event of model.streamReply(request, signal)) {
    if (event.type === 'finish') {
      yield doneEvent(meter.finish(event, request).usage)
      return
    }
    meter.take(event)
    if (event.type === 'text') yield { type: 'text', text: event.text }
  }
  throw new AppError('engine_failed', `"${id}" broke off its answer; try again`)
}

function doorMessage({ role, content }: RunnerTalk['messages'][number]): DoorMessage {
  return { role, parts: [{ type: 'text', text: content }] }
}

function doneEvent({ completionTokens, loadMs, firstTokenMs, totalMs }: Usage): RunnerTalkEvent {
  const writingMs = totalMs - loadMs - firstTokenMs
  return {
    type: 'done',
    tokens: completionTokens,
    ...(writingMs > 0 && completionTokens > 0
      ? { tokens_per_second: Math.round((completionTokens / writingMs) * 10_000) / 10 }
      : {}),
    first_token_ms: Math.round(firstTokenMs),
  }
}
