import { type ModelSettings } from '#shared/entities.ts'
import { type ChatMessage, type ToolSpec } from '../contracts.ts'
import { type ReplyCall } from './reply-client.ts'
import { wireContent, wireFormat, wireToolChoice } from './wire-fields.ts'

/** The body of `POST /chat/completions`. Settings that are not set do not appear in it. */
export function chatRequestBody(
  { model, request, info }: ReplyCall,
  stops: readonly string[] | undefined,
): Record<string, unknown> {
  const tools = info.canUseTools === false ? [] : (request.tools ?? [])
  const messages = info.canUseTools === false ? withoutTools(request.messages) : request.messages
  return {
    ...request.extra,
    model,
    messages: messages.map((message) => wireMessage(message)),
    stream: true,
    stream_options: { include_usage: true },
    ...samplingBody(request.settings),
    stop: stops,
    reasoning_effort: request.settings.reasoning_effort,
    // How llama.cpp and vLLM are told not to think.
    chat_template_kwargs:
      request.settings.reasoning_effort === 'none' ? { enable_thinking: false } : undefined,
    tools: tools.length === 0 ? undefined : tools.map((tool) => wireTool(tool)),
    tool_choice: wireToolChoice(request.toolChoice, tools.length > 0),
    response_format: wireFormat(request.format),
  }
}

/** Sampling settings by the names that the compatible servers share. */
export function samplingBody(settings: ModelSettings): Record<string, unknown> {
  return {
    temperature: settings.temperature,
    top_p: settings.top_p,
    min_p: settings.min_p,
    top_k: settings.top_k,
    frequency_penalty: settings.frequency_penalty,
    presence_penalty: settings.presence_penalty,
    repetition_penalty: settings.repetition_penalty,
    // The same setting as llama.cpp, Ollama and LM Studio call it.
    repeat_penalty: settings.repetition_penalty,
    seed: settings.seed,
    max_tokens: settings.max_tokens,
  }
}

/** What was looked up stays in the conversation when the next model cannot use tools. */
export function withoutTools(messages: readonly ChatMessage[]): ChatMessage[] {
  return messages.flatMap((message) => {
    if (message.role === 'tool') return [{ role: 'user', content: `(Looked up: ${message.content})` }]
    const { toolCalls: _toolCalls, ...said } = message
    return message.toolCalls && message.content.trim() === '' ? [] : [said]
  })
}

export function wireTool({ name, description, parameters }: ToolSpec): Record<string, unknown> {
  return { type: 'function', function: { name, description, parameters } }
}

function wireMessage(message: ChatMessage): Record<string, unknown> {
  const { role, name, toolCalls, toolCallId } = message
  return {
    role,
    name: name === undefined ? undefined : wireName(name),
    content: wireContent(message),
    tool_calls: toolCalls?.map((call) => ({
      id: call.id,
      type: 'function',
      function: { name: call.name, arguments: call.argumentsJson },
    })),
    tool_call_id: toolCallId,
  }
}

/** OpenAI refuses names with spaces or any of `<|\/>`, and longer ones. */
function wireName(name: string): string | undefined {
  const allowed = name.trim().replaceAll(/[\s<|\\/>]+/gu, '_')
  return allowed === '' ? undefined : allowed.slice(0, 64)
}
