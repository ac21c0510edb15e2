import { type ReplyFormat, type ToolChoice } from '../../../engines/contracts.ts'
import { type DoorMessage, type GenerateRequest } from '../../core/contract.ts'
import { partsOf } from '../content.ts'
import { BadRequest } from '../errors.ts'
import { extrasOf, formatOf, samplingOf, stopsIn } from '../fields.ts'
import { toolSpec } from '../tools.ts'
import { type ChatBody } from './chat-body.ts'

/** What a chat completion asks for. @throws BadRequest for what cannot be had here. */
export function chatRequest(body: ChatBody): GenerateRequest {
  checkWishes(body)
  const { model, messages, tools, tool_choice: choice, response_format: format, logit_bias } = body
  const maxTokens = body.max_completion_tokens ?? body.max_tokens
  return {
    model,
    messages: messages.map(doorMessage),
    settings: samplingOf(body, { maxTokens, effort: body.reasoning_effort }),
    stops: stopsIn(body.stop),
    tools: (tools ?? []).map((tool) => toolSpec(tool.function)),
    toolChoice: toolChoice(choice),
    format: format ? replyFormat(format) : undefined,
    extra: extrasOf({
      logit_bias,
      parallel_tool_calls: tools?.length ? body.parallel_tool_calls : undefined,
    }),
  }
}

function checkWishes({ n, modalities, tool_choice: choice, tools }: ChatBody): void {
  if ((n ?? 1) !== 1) throw new BadRequest('Only one choice is made at a time: leave "n" out', { param: 'n' })
  if (modalities?.includes('audio')) {
    throw new BadRequest(
      'Answers come as text; have them spoken with POST /v1/audio/speech or /v1/realtime',
      {
        param: 'modalities',
      },
    )
  }
  const named = typeof choice === 'object' ? choice?.function.name : undefined
  if (named !== undefined && !tools?.some((tool) => tool.function.name === named)) {
    throw new BadRequest(`"${named}" is to be called, but is none of the tools`, { param: 'tool_choice' })
  }
}

function doorMessage(message: ChatBody['messages'][number]): DoorMessage {
  const { role, name, content, tool_calls: calls, tool_call_id: toolCallId } = message
  return {
    role: ROLES[role],
    parts: partsOf(content),
    ...(name ? { name } : {}),
    ...(calls?.length ? { toolCalls: calls.map(doorCall) } : {}),
    ...(toolCallId ? { toolCallId } : {}),
  }
}

const ROLES = {
  developer: 'system',
  system: 'system',
  user: 'user',
  assistant: 'assistant',
  tool: 'tool',
  function: 'tool',
} as const

type Call = NonNullable<ChatBody['messages'][number]['tool_calls']>[number]

function doorCall({ id, function: called }: Call) {
  return { id, name: called.name, argumentsJson: called.arguments }
}

function toolChoice(choice: ChatBody['tool_choice']): ToolChoice | undefined {
  if (!choice) return undefined
  return typeof choice === 'string' ? choice : { name: choice.function.name }
}

function replyFormat(format: NonNullable<ChatBody['response_format']>): ReplyFormat | undefined {
  if (format.type === 'json_schema') return formatOf(format.json_schema)
  return format.type === 'json_object' ? 'json' : undefined
}
