import { type GenerateEvent, type Usage } from '../core/contract.ts'

/** One event of `/api/v1/chat`; its `type` is the event's name, too. */
export interface ChatEvent {
  readonly type: string
  readonly [field: string]: unknown
}

export interface ChatResult {
  readonly output: readonly object[]
  readonly usage: Usage | undefined
}

type Phase = 'begin' | 'model_load' | 'prompt_processing' | 'reasoning' | 'message' | 'tool_call'

/** Turns what comes of a model into LM Studio's events, in their order: each part is begun and ended once. */
export class ChatEvents {
  #phase: Phase = 'begin'
  readonly #output: OutputItem[] = []
  #usage: Usage | undefined
  readonly #nowMs: () => number
  #loadStartedMs = 0

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs
  }

  get result(): ChatResult {
    return { output: this.#output.map(wireOutput), usage: this.#usage }
  }

  /** The model is there and reads. */
  reading(): ChatEvent[] {
    return this.#enter('prompt_processing')
  }

  /** @returns what is told of it. */
  take(event: GenerateEvent): ChatEvent[] {
    switch (event.type) {
      case 'load': {
        const begun = this.#enter('model_load')
        return [...begun, ...progressOf('model_load', event.progress)]
      }
      case 'reasoning':
        return [...this.#read(), ...this.#enter('reasoning'), this.#add('reasoning', event.text)]
      case 'text':
        return [...this.#read(), ...this.#enter('message'), this.#add('message', event.text)]
      case 'tool_call':
        return [...this.#read(), ...this.#enter('tool_call'), ...this.#call(event)]
      default:
        this.#usage = event.usage
        return [...this.#read(), ...this.#leave()]
    }
  }

  /** What is begun is ended, also where the reply breaks off. */
  end(): ChatEvent[] {
    return this.#leave()
  }

  /** A first token comes of a prompt that was read, whether or not anybody told. */
  #read(): ChatEvent[] {
    return this.#phase === 'begin' || this.#phase === 'model_load' ? this.#enter('prompt_processing') : []
  }

  #enter(phase: Phase): ChatEvent[] {
    if (this.#phase === phase) return []
    const left = this.#leave()
    this.#phase = phase
    if (phase === 'model_load') this.#loadStartedMs = this.#nowMs()
    if (phase === 'reasoning' || phase === 'message') this.#output.push({ type: phase, content: '' })
    return phase === 'tool_call' ? left : [...left, { type: `${phase}.start` }]
  }

  #leave(): ChatEvent[] {
    const phase = this.#phase
    this.#phase = 'begin'
    if (phase === 'begin' || phase === 'tool_call') return []
    if (phase !== 'model_load') return [{ type: `${phase}.end` }]
    return [{ type: 'model_load.end', load_time_seconds: (this.#nowMs() - this.#loadStartedMs) / 1_000 }]
  }

  #add(type: 'reasoning' | 'message', content: string): ChatEvent {
    const item = this.#output.at(-1)
    if (item && item.type !== 'tool_call') item.content += content
    return { type: `${type}.delta`, content }
  }

  /** Nobody carries it out here: the program is told what the model wanted. */
  #call({ name, argumentsJson }: { name: string; argumentsJson: string }): ChatEvent[] {
    const args = objectIn(argumentsJson)
    this.#output.push({ type: 'tool_call', tool: name, arguments: args })
    return [
      { type: 'tool_call.start', tool: name },
      { type: 'tool_call.arguments', tool: name, arguments: args },
    ]
  }
}

type OutputItem =
  | { readonly type: 'reasoning' | 'message'; content: string }
  | { readonly type: 'tool_call'; readonly tool: string; readonly arguments: unknown }

function wireOutput(item: OutputItem): object {
  return item.type === 'tool_call' ? { ...item, output: '', provider_info: null } : item
}

function progressOf(phase: Phase, progress: number | undefined): ChatEvent[] {
  return progress === undefined ? [] : [{ type: `${phase}.progress`, progress }]
}

function objectIn(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return {}
  }
}

/** As LM Studio counts: seconds. */
export function statsOf(usage: Usage | undefined): object {
  const { promptTokens = 0, completionTokens = 0, reasoningTokens = 0 } = usage ?? {}
  const { loadMs = 0, firstTokenMs = 0, totalMs = 0 } = usage ?? {}
  return {
    input_tokens: promptTokens,
    total_output_tokens: completionTokens,
    reasoning_output_tokens: reasoningTokens,
    tokens_per_second: tokensPerSecond(usage),
    time_to_first_token_seconds: (totalMs === 0 ? 0 : firstTokenMs) / 1_000,
    ...(loadMs > 0 ? { model_load_time_seconds: loadMs / 1_000 } : {}),
  }
}

/** While it spoke: without the time it took to begin. */
export function tokensPerSecond(usage: Usage | undefined): number {
  const { completionTokens = 0, loadMs = 0, firstTokenMs = 0, totalMs = 0 } = usage ?? {}
  const speakingMs = totalMs - loadMs - firstTokenMs
  return speakingMs > 0 ? completionTokens / (speakingMs / 1_000) : 0
}
