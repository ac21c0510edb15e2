import { AppError } from '../../errors.ts'
import { type ToolSpec } from '../../engines/contracts.ts'
import { KIND_BYTES, mediaKindOf } from '../../media/media-kind.ts'
import { type DoorMessage, type Part } from '../core/contract.ts'
import { type OllamaMessage, type OllamaTool } from './requests.ts'

type Calls = NonNullable<DoorMessage['toolCalls']>

/** @throws AppError `bad_message` for images that are none. */
export function messagesOf(messages: readonly OllamaMessage[]): DoorMessage[] {
  let open: Calls = []
  return messages.map((message) => {
    if (message.role === 'tool') {
      const answered = answeredBy(message, open)
      open = open.filter((call) => call !== answered)
      const toolCallId = message.tool_call_id || answered?.id
      return { ...plain(message), ...(toolCallId === undefined ? {} : { toolCallId }) }
    }
    const toolCalls = callsIn(message)
    if (toolCalls.length === 0) return plain(message)
    open = toolCalls
    return { ...plain(message), toolCalls }
  })
}

function plain({ role, content, images }: OllamaMessage): DoorMessage {
  return { role, parts: partsOf(content ?? '', images ?? []) }
}

/** Text and pictures of one message. @throws AppError `bad_message` */
export function partsOf(text: string, images: readonly string[]): Part[] {
  const pictures = images.map((image): Part => ({ type: 'image', url: dataUrlOf(image) }))
  return text === '' && pictures.length > 0 ? pictures : [{ type: 'text', text }, ...pictures]
}

function dataUrlOf(image: string): string {
  const base64 = image.replace(/^data:[^,]{0,200};base64,/i, '').trim()
  if (!/^[A-Za-z0-9+/_-]+={0,2}$/.test(base64.replaceAll(/\s/g, ''))) {
    throw new AppError('bad_message', 'illegal base64 data in images')
  }
  // 4 digits hold 3 bytes.
  const head = Buffer.from(base64.slice(0, KIND_BYTES * 2), 'base64')
  const kind = mediaKindOf(head)
  if (kind?.type !== 'picture')
    throw new AppError('bad_message', 'images must hold pictures (PNG, JPEG, WebP, GIF)')
  return `data:${kind.mime};base64,${base64}`
}

/** Older programs send no ids; then the calls of a message are numbered. */
function callsIn({ role, tool_calls: calls }: OllamaMessage): Calls {
  if (role !== 'assistant') return []
  return (calls ?? []).map(({ id, function: called }, index) => ({
    id: id || `call_${index}`,
    name: called.name,
    argumentsJson:
      typeof called.arguments === 'string' ? called.arguments : JSON.stringify(called.arguments ?? {}),
  }))
}

/** By its id, by its name, or simply the next that waits for an answer. */
function answeredBy(message: OllamaMessage, open: Calls): Calls[number] | undefined {
  const { tool_call_id: id, tool_name: name } = message
  return open.find((call) => call.id === id) ?? open.find((call) => call.name === name) ?? open[0]
}

export function toolsOf(tools: readonly OllamaTool[]): ToolSpec[] {
  return tools.map(({ function: { name, description, parameters } }) => ({
    name,
    description: description ?? '',
    parameters: parameters ?? { type: 'object', properties: {} },
  }))
}
