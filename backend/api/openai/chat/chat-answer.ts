import { type GenerateEvent } from '../../core/contract.ts'
import { completionUsage } from '../usage.ts'

/** What is the same in all chunks of an answer. */
export interface AnswerHead {
  readonly id: string
  readonly created: number
  readonly model: string
}

type Call = Extract<GenerateEvent, { type: 'tool_call' }>

export function wireCall({ id, name, argumentsJson }: Call) {
  return { id, type: 'function' as const, function: { name, arguments: argumentsJson } }
}

/** The whole answer at once. */
export async function chatCompletion(
  head: AnswerHead,
  events: AsyncIterable<GenerateEvent>,
): Promise<object> {
  const calls: Call[] = []
  let text = ''
  let reasoning = ''
  let finish: Extract<GenerateEvent, { type: 'finish' }> | undefined
  for await (const event of events) {
    if (event.type === 'text') text += event.text
    else if (event.type === 'reasoning') reasoning += event.text
    else if (event.type === 'tool_call') calls.push(event)
    else if (event.type === 'finish') finish = event
  }
  const message = {
    role: 'assistant',
    content: text === '' && calls.length > 0 ? null : text,
    refusal: null,
    ...(reasoning === '' ? {} : { reasoning_content: reasoning }),
    ...(calls.length > 0 ? { tool_calls: calls.map(wireCall) } : {}),
  }
  return {
    id: head.id,
    object: 'chat.completion',
    created: head.created,
    model: head.model,
    choices: [{ index: 0, message, logprobs: null, finish_reason: finish?.reason ?? 'stop' }],
    ...(finish ? { usage: completionUsage(finish.usage) } : {}),
    service_tier: 'default',
  }
}
