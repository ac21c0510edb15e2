import { type Message, type Tool } from './chat-request.ts'
import { type ChatCall, type ChatFunctions, type ChatItem } from './llama-types.ts'

/**
 * The conversation as the library has it: what a tool found belongs to the call, and the call to the reply in which
 * it was made.
 */
export function chatHistory(messages: readonly Message[]): ChatItem[] {
  const results = resultsByCall(messages)
  const items: ChatItem[] = []
  for (const message of messages) {
    const item = itemOf(message, results)
    const last = items.at(-1)
    if (!item) continue
    // A reply that went on after its tools had been asked.
    if (item.type === 'model' && last?.type === 'model') {
      items[items.length - 1] = { type: 'model', response: [...last.response, ...item.response] }
    } else {
      items.push(item)
    }
  }
  return items
}

function itemOf(message: Message, results: ReadonlyMap<string, unknown>): ChatItem | undefined {
  const { role, content } = message
  if (role === 'system' || role === 'developer') return { type: 'system', text: content }
  if (role === 'user') return { type: 'user', text: content }
  // What a tool found stands where it was called.
  if (role !== 'assistant') return undefined
  return { type: 'model', response: [...(content === '' ? [] : [content]), ...callsOf(message, results)] }
}

function callsOf({ tool_calls: calls }: Message, results: ReadonlyMap<string, unknown>): ChatCall[] {
  return (calls ?? []).map(({ id, function: called }) => ({
    type: 'functionCall',
    name: called.name,
    params: jsonOrText(called.arguments),
    result: results.get(id) ?? null,
  }))
}

function resultsByCall(messages: readonly Message[]): Map<string, unknown> {
  return new Map(
    messages.flatMap(({ role, tool_call_id: id, content }) =>
      role === 'tool' && typeof id === 'string' ? [[id, jsonOrText(content)] as const] : [],
    ),
  )
}

function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** @returns undefined if there is nothing to call. */
export function chatFunctions(tools: readonly Tool[]): ChatFunctions | undefined {
  if (tools.length === 0) return undefined
  return Object.fromEntries(
    tools.map(({ function: { name, description, parameters } }) => [
      name,
      { description: description ?? '', params: parameters ?? { type: 'object', properties: {} } },
    ]),
  )
}
