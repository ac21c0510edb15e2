import { type ReplyFormat, type ToolChoice } from '../../../engines/contracts.ts'
import { type DoorMessage, type GenerateRequest } from '../../core/contract.ts'
import { partsOf } from '../content.ts'
import { BadRequest } from '../errors.ts'
import { extrasOf, formatOf, samplingOf } from '../fields.ts'
import { toolSpec } from '../tools.ts'
import { type KeptResponses } from './kept-responses.ts'
import { functionsOf, type InputItem, type ResponseBody } from './response-body.ts'

export interface ResponseRequest {
  readonly request: GenerateRequest
  /** What was said before the answer, without instructions: those count for one answer only. */
  readonly history: readonly DoorMessage[]
}

/** What a response asks for. @throws BadRequest for what cannot be had here. */
export function responseRequest(body: ResponseBody, kept: KeptResponses): ResponseRequest {
  checkWishes(body)
  const { model, instructions, input, max_output_tokens: maxTokens, reasoning } = body
  const said =
    typeof input === 'string' ? [saidByUser(input)] : input.flatMap((item) => doorMessages(item, kept))
  const history = [...earlier(body, kept), ...said]
  const told = instructions ? [{ role: 'system' as const, parts: partsOf(instructions) }] : []
  const tools = functionsOf(body).map(toolSpec)
  const request: GenerateRequest = {
    model,
    messages: [...told, ...merged(history)],
    settings: samplingOf(body, { maxTokens, effort: reasoning?.effort }),
    stops: [],
    tools,
    toolChoice: choiceOf(body),
    format: replyFormat(body),
    extra: extrasOf({ parallel_tool_calls: tools.length > 0 ? body.parallel_tool_calls : undefined }),
  }
  return { request, history }
}

function checkWishes({ background, conversation, prompt }: ResponseBody): void {
  const refused = [
    ['background', background === true, 'Responses are made while you wait: leave "background" out'],
    ['conversation', isSet(conversation), 'Go on from a response with "previous_response_id" instead'],
    ['prompt', isSet(prompt), 'No prompts are kept here: send it as "instructions"'],
  ] as const
  for (const [param, isWanted, message] of refused) if (isWanted) throw new BadRequest(message, { param })
}

function isSet(value: unknown): boolean {
  return value !== undefined && value !== null
}

function earlier({ previous_response_id: id }: ResponseBody, kept: KeptResponses): readonly DoorMessage[] {
  if (!id) return []
  const previous = kept.find(id)
  if (previous) return previous.history
  throw new BadRequest(`There is no response "${id}" any more; send the whole conversation as "input"`, {
    param: 'previous_response_id',
    code: 'previous_response_not_found',
  })
}

function saidByUser(text: string): DoorMessage {
  return { role: 'user', parts: partsOf(text) }
}

function doorMessages(item: InputItem, kept: KeptResponses): DoorMessage[] {
  if ('role' in item) {
    const role = item.role === 'developer' ? 'system' : item.role
    return [{ role, parts: partsOf(item.content) }]
  }
  switch (item.type) {
    case 'function_call':
      return [calling(item.call_id, item.name, item.arguments)]
    case 'function_call_output':
      return [{ role: 'tool', parts: partsOf(item.output), toolCallId: item.call_id }]
    case 'reasoning':
      return []
    default:
      return [referred(item.id, kept)]
  }
}

export function calling(id: string, name: string, argumentsJson: string): DoorMessage {
  return { role: 'assistant', parts: [], toolCalls: [{ id, name, argumentsJson }] }
}

function referred(id: string, kept: KeptResponses): DoorMessage {
  const item = kept.item(id)
  if (item) return item
  throw new BadRequest(`There is no item "${id}" any more; send it whole`, {
    param: 'input',
    code: 'item_not_found',
  })
}

/** Items are many where a message is one: what is said and called in one go belongs together. */
function merged(messages: readonly DoorMessage[]): DoorMessage[] {
  const all: DoorMessage[] = []
  for (const message of messages) {
    const before = all.at(-1)
    if (before?.role !== 'assistant' || message.role !== 'assistant') {
      all.push(message)
      continue
    }
    const toolCalls = [...(before.toolCalls ?? []), ...(message.toolCalls ?? [])]
    all.splice(-1, 1, { ...before, parts: [...before.parts, ...message.parts], toolCalls })
  }
  return all
}

function choiceOf({ tool_choice: choice }: ResponseBody): ToolChoice | undefined {
  if (!choice) return undefined
  return typeof choice === 'string' ? choice : { name: choice.name }
}

function replyFormat({ text }: ResponseBody): ReplyFormat | undefined {
  const format = text?.format
  if (format?.type === 'json_schema') return formatOf(format)
  return format?.type === 'json_object' ? 'json' : undefined
}
