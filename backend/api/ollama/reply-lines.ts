import { type GenerateEvent, type Usage } from '../core/contract.ts'

type ToolCall = Extract<GenerateEvent, { type: 'tool_call' }>

/** What differs between the answers of `/api/chat` and `/api/generate`. */
export interface ReplyShape {
  /** What every line begins with. */
  head(): object
  text(text: string): object
  thinking(text: string): object
  toolCall(call: object): object
  whole(reply: WholeReply): object
  /** What only the last line says. @param text the whole reply. */
  tail(text: string): object
}

export interface WholeReply {
  readonly text: string
  readonly thinking: string
  readonly toolCalls: readonly object[]
}

interface ReplyOptions {
  readonly shape: ReplyShape
  /** The program does not want to see thoughts, even of a model that thinks all the same. */
  readonly hidesThoughts: boolean
}

/** The lines of a streamed reply. */
export async function* replyLines(
  events: AsyncIterable<GenerateEvent>,
  { shape, hidesThoughts }: ReplyOptions,
): AsyncGenerator<object> {
  let text = ''
  let calls = 0
  for await (const event of events) {
    if (event.type === 'text') {
      text += event.text
      yield { ...shape.head(), ...shape.text(event.text), done: false }
    } else if (event.type === 'reasoning') {
      if (!hidesThoughts) yield { ...shape.head(), ...shape.thinking(event.text), done: false }
    } else if (event.type === 'tool_call') {
      yield { ...shape.head(), ...shape.toolCall(wireCall(event, calls)), done: false }
      calls += 1
    } else if (event.type === 'finish') {
      yield { ...shape.head(), ...shape.text(''), ...ending(event), ...shape.tail(text) }
    }
  }
}

/** The same reply in one piece. */
export async function wholeReply(
  events: AsyncIterable<GenerateEvent>,
  { shape, hidesThoughts }: ReplyOptions,
): Promise<object> {
  const toolCalls: object[] = []
  let [text, thinking] = ['', '']
  let last: object = {}
  for await (const event of events) {
    if (event.type === 'text') text += event.text
    else if (event.type === 'reasoning' && !hidesThoughts) thinking += event.text
    else if (event.type === 'tool_call') toolCalls.push(wireCall(event, toolCalls.length))
    else if (event.type === 'finish') last = ending(event)
  }
  return { ...shape.head(), ...shape.whole({ text, thinking, toolCalls }), ...last, ...shape.tail(text) }
}

/** Arguments are an object here; what a model wrote that is none cannot be said in this dialect. */
function wireCall({ id, name, argumentsJson }: ToolCall, index: number): object {
  return { id, function: { index, name, arguments: objectIn(argumentsJson) } }
}

function objectIn(json: string): object {
  try {
    const value: unknown = JSON.parse(json)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {}
  } catch {
    return {}
  }
}

function ending({ reason, usage }: Extract<GenerateEvent, { type: 'finish' }>): object {
  return { done: true, done_reason: reason === 'length' ? 'length' : 'stop', ...metricsOf(usage) }
}

/** Ollama counts in whole nanoseconds. */
export function metricsOf(usage: Usage): object {
  const { promptTokens, completionTokens, loadMs, firstTokenMs, totalMs } = usage
  return {
    total_duration: nanoseconds(totalMs),
    load_duration: nanoseconds(loadMs),
    prompt_eval_count: promptTokens,
    prompt_eval_duration: nanoseconds(firstTokenMs),
    eval_count: completionTokens,
    eval_duration: nanoseconds(totalMs - loadMs - firstTokenMs),
  }
}

export function nanoseconds(ms: number): number {
  return Math.max(0, Math.round(ms * 1e6))
}
