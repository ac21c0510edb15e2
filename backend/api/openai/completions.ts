import { type FastifyInstance } from 'fastify'
import { z } from 'zod'
import { untilGone } from '../client-gone.ts'
import { type GenerateEvent, type GenerateRequest, type Usage } from '../core/contract.ts'
import { type DoorDeps } from '../core/door-deps.ts'
import { dataFrame, sendEvents } from '../event-stream.ts'
import { type AnswerHead } from './chat/chat-answer.ts'
import { DONE_FRAME } from './chat/chat-chunks.ts'
import { failedFrame } from './chat/chat-route.ts'
import { BadRequest } from './errors.ts'
import { extrasOf, Model, samplingFields, samplingOf, Stops, stopsIn } from './fields.ts'
import { newId, unixSeconds } from './ids.ts'
import { readBody } from './read-body.ts'
import { completionUsage } from './usage.ts'

const Prompt = z.string().max(2_000_000)
const MAX_PROMPTS = 64
/** What OpenAI's own API does where nobody says how long the text is to be. */
const DEFAULT_MAX_TOKENS = 16

/** `POST /completions` */
export const CompletionBody = z.object({
  ...samplingFields,
  model: Model,
  prompt: z
    .union([Prompt, z.array(Prompt).min(1).max(MAX_PROMPTS)], {
      error: 'expected a text or an array of texts',
    })
    .nullish(),
  suffix: z.string().max(2_000_000).nullish(),
  echo: z.boolean().nullish(),
  stream: z.boolean().nullish(),
  stream_options: z.object({ include_usage: z.boolean().nullish() }).nullish(),
  max_tokens: z.number().int().min(0).max(1_000_000).nullish(),
  stop: Stops,
  n: z.number().int().min(1).nullish(),
  best_of: z.number().int().min(1).nullish(),
  logit_bias: z.record(z.string(), z.number()).nullish(),
})
export type CompletionBody = z.infer<typeof CompletionBody>

/** What goes on from a text. Models that chat are asked with it as a message. */
export function registerCompletions(app: FastifyInstance, { generate, clock }: DoorDeps): void {
  app.post('/completions', async (request, reply) => {
    const body = readBody(CompletionBody, request.body)
    checkWishes(body)
    const gone = untilGone(reply)
    const prompts = typeof body.prompt === 'string' ? [body.prompt] : (body.prompt ?? [''])
    const head = { id: newId('cmpl-'), created: unixSeconds(clock.date()), model: body.model }
    const asked = prompts.map((prompt, index): Asked => {
      const events = generate(completionRequest(body, prompt), gone)
      return { index, events, echoed: body.echo === true ? prompt : '' }
    })
    if (body.stream !== true) return wholeCompletion(head, asked)
    const frames = completionFrames(head, asked, body.stream_options?.include_usage === true)
    return sendEvents(reply, { clock, frames, failed: failedFrame })
  })
}

export interface Asked {
  readonly index: number
  readonly events: AsyncIterable<GenerateEvent>
  /** What is said in front of the answer. */
  readonly echoed: string
}

export function checkWishes({ n, best_of, suffix }: CompletionBody): void {
  if ((n ?? 1) !== 1) throw new BadRequest('Only one text is made at a time: leave "n" out', { param: 'n' })
  if ((best_of ?? 1) !== 1) {
    throw new BadRequest('Only one text is made at a time: leave "best_of" out', { param: 'best_of' })
  }
  if (suffix) {
    throw new BadRequest('Text is added at the end only: leave "suffix" out', { param: 'suffix' })
  }
}

export function completionRequest(body: CompletionBody, prompt: string): GenerateRequest {
  return {
    model: body.model,
    messages: [{ role: 'user', parts: [{ type: 'text', text: prompt }] }],
    settings: samplingOf(body, { maxTokens: Math.max(1, body.max_tokens ?? DEFAULT_MAX_TOKENS) }),
    stops: stopsIn(body.stop),
    tools: [],
    extra: extrasOf({ logit_bias: body.logit_bias }),
  }
}

/** A text is complete or cut off; that something was called cannot be said here. */
function reasonOf(reason: 'stop' | 'length' | 'content_filter' | 'tool_calls'): string {
  return reason === 'tool_calls' ? 'stop' : reason
}

export async function wholeCompletion(head: AnswerHead, asked: readonly Asked[]): Promise<object> {
  const choices: object[] = []
  let usage: Usage | undefined
  for (const { index, events, echoed } of asked) {
    let text = echoed
    let reason = 'stop'
    for await (const event of events) {
      if (event.type === 'text') text += event.text
      if (event.type !== 'finish') continue
      reason = reasonOf(event.reason)
      usage = summed(usage, event.usage)
    }
    choices.push({ text, index, logprobs: null, finish_reason: reason })
  }
  return { ...completion(head), choices, ...(usage ? { usage: completionUsage(usage) } : {}) }
}

export async function* completionFrames(
  head: AnswerHead,
  asked: readonly Asked[],
  hasUsage: boolean,
): AsyncGenerator<string> {
  let total: Usage | undefined
  const frame = (choices: readonly object[], usage: object | null = null): string =>
    dataFrame({ ...completion(head), choices, ...(hasUsage ? { usage } : {}) })
  for (const { index, events, echoed } of asked) {
    let before = echoed
    for await (const event of events) {
      if (event.type === 'text') {
        yield frame([{ text: before + event.text, index, logprobs: null, finish_reason: null }])
        before = ''
      }
      if (event.type !== 'finish') continue
      total = summed(total, event.usage)
      yield frame([{ text: before, index, logprobs: null, finish_reason: reasonOf(event.reason) }])
    }
  }
  if (hasUsage && total) yield frame([], completionUsage(total))
  yield DONE_FRAME
}

function completion({ id, created, model }: AnswerHead) {
  return { id, object: 'text_completion', created, model }
}

function summed(one: Usage | undefined, other: Usage): Usage {
  if (!one) return other
  return {
    ...other,
    promptTokens: one.promptTokens + other.promptTokens,
    cachedTokens: one.cachedTokens + other.cachedTokens,
    completionTokens: one.completionTokens + other.completionTokens,
    reasoningTokens: one.reasoningTokens + other.reasoningTokens,
  }
}
