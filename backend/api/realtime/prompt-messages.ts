import { MESSAGE_TOKENS } from '../../prompt/token-counter.ts'
import { type DoorMessage } from '../core/contract.ts'
import { estimatedTokenCount } from '../core/meter.ts'
import { type CallItem, type Item, type MessageItem, rememberedOf } from './items.ts'
import { type SessionConfig } from './session-config.ts'

/** What stands around the items of a conversation when the model is asked. */
export interface PromptFrame {
  readonly instructions: string
  /** What the model is told for this response only, behind everything. */
  readonly note?: string | undefined
}

/** A conversation as the model reads it. What nobody heard or understood is left out. */
export function promptMessages(items: readonly Item[], { instructions, note }: PromptFrame): DoorMessage[] {
  const calls = new Map(
    items.flatMap((item) => (item.type === 'function_call' ? [[item.callId, item] as const] : [])),
  )
  return [
    ...systemMessage(instructions),
    ...items.flatMap((item) => messagesOf(item, calls)),
    ...systemMessage(note ?? ''),
  ]
}

/**
 * Leaves out the oldest where the model has no room for all of them.
 * @throws never: with truncation disabled the model's server says that it is too much.
 */
export function withinContext(
  messages: readonly DoorMessage[],
  { contextTokens, truncation }: { contextTokens: number; truncation: SessionConfig['truncation'] },
): DoorMessage[] {
  if (truncation === 'disabled' || !Number.isFinite(contextTokens)) return [...messages]
  const costs = messages.map(tokensOf)
  const limit = Math.floor(contextTokens * REPLY_ROOM)
  let total = costs.reduce((sum, cost) => sum + cost, 0)
  if (total <= limit) return [...messages]
  const goal = truncation === 'auto' ? limit : Math.floor(limit * truncation.retention_ratio)
  const first = messages[0]?.role === 'system' ? 1 : 0
  let from = first
  while (from < messages.length - 1 && (total > goal || messages[from]?.role === 'tool')) {
    total -= costs[from] ?? 0
    from += 1
  }
  return [...messages.slice(0, first), ...messages.slice(from)]
}

/** The rest is for the answer, and for what the estimate is wrong by. */
const REPLY_ROOM = 0.75

/** Counting is slow: what was said before has been counted before. */
export function tokensOf({ parts, toolCalls = [] }: DoorMessage): number {
  const texts = [
    ...parts.map((part) => (part.type === 'text' ? part.text : '')),
    ...toolCalls.map(({ name, argumentsJson }) => `${name} ${argumentsJson}`),
  ]
  return texts.reduce((sum, text) => sum + estimatedTokenCount(text), MESSAGE_TOKENS)
}

function systemMessage(text: string): DoorMessage[] {
  return text.trim() === '' ? [] : [{ role: 'system', parts: [{ type: 'text', text }] }]
}

/** Model servers want every call right before its result: it stands there, and not at all while there is none. */
function messagesOf(item: Item, calls: ReadonlyMap<string, CallItem>): DoorMessage[] {
  switch (item.type) {
    case 'message': {
      const parts = partsOf(item)
      return parts.length === 0 ? [] : [{ role: item.role, parts }]
    }
    case 'function_call':
      return []
    default: {
      const { callId, output } = item
      const call = calls.get(callId)
      if (!call) return systemMessage(`(A function answered: ${output})`)
      const { name, argumentsJson } = call
      return [
        { role: 'assistant', parts: [], toolCalls: [{ id: callId, name, argumentsJson }] },
        { role: 'tool', toolCallId: callId, parts: [{ type: 'text', text: output }] },
      ]
    }
  }
}

function partsOf(item: MessageItem): DoorMessage['parts'] {
  return item.content.flatMap((part): DoorMessage['parts'][number][] => {
    switch (part.type) {
      case 'input_image':
        return [{ type: 'image', url: part.image_url }]
      case 'input_text':
      case 'output_text':
        return textPart(part.text)
      case 'input_audio':
        return textPart(part.transcript ?? '')
      default:
        return textPart(rememberedOf(part))
    }
  })
}

function textPart(text: string): DoorMessage['parts'][number][] {
  return text.trim() === '' ? [] : [{ type: 'text', text }]
}
