import { type ModelSettings } from '#shared/entities.ts'
import { type ChatMessage } from '../contracts.ts'

/** The body of `POST /chat/completions`. Settings that are not set do not appear in it. */
export function chatRequestBody(
  model: string,
  messages: readonly ChatMessage[],
  settings: ModelSettings,
): Record<string, unknown> {
  return {
    model,
    messages: messages.map((message) => wireMessage(message)),
    stream: true,
    temperature: settings.temperature,
    top_p: settings.top_p,
    min_p: settings.min_p,
    top_k: settings.top_k,
    frequency_penalty: settings.frequency_penalty,
    presence_penalty: settings.presence_penalty,
    repetition_penalty: settings.repetition_penalty,
    // The same setting as llama.cpp, Ollama and LM Studio call it.
    repeat_penalty: settings.repetition_penalty,
    max_tokens: settings.max_tokens,
  }
}

function wireMessage({ role, name, content }: ChatMessage): Record<string, unknown> {
  return { role, name: name === undefined ? undefined : wireName(name), content }
}

/** OpenAI refuses names with spaces or any of `<|\/>`, and longer ones. */
function wireName(name: string): string | undefined {
  const allowed = name.trim().replaceAll(/[\s<|\\/>]+/gu, '_')
  return allowed === '' ? undefined : allowed.slice(0, 64)
}
