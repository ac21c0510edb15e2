import { expect } from 'vitest'
import { type LanguageModel } from '../../backend/engines/contracts.ts'
import { createOpenAiModel, type OpenAiModelOptions } from '../../backend/engines/llm/openai.ts'
import { FakeClock } from '../fakes/fake-clock.ts'
import { type ChatScript, type FakeChatServer, startFakeChatServer } from './fake-chat-server.ts'

export interface ModelAtServer extends AsyncDisposable {
  readonly server: FakeChatServer
  readonly clock: FakeClock
  readonly model: LanguageModel
}

/**
 * A model that talks to a server of its own, on a clock that stands still. Nothing may be left of it in the end.
 * @param prepare what the server is told before the model is made.
 */
export async function modelAtServer(
  script: ChatScript,
  options: Partial<OpenAiModelOptions> = {},
  prepare: (server: FakeChatServer) => void = () => {},
): Promise<ModelAtServer> {
  const server = await startFakeChatServer()
  prepare(server)
  server.script = script
  const clock = new FakeClock()
  const model = createOpenAiModel({ baseUrl: server.baseUrl, clock, random: () => 0.5, ...options })
  return {
    server,
    clock,
    model,
    async [Symbol.asyncDispose]() {
      await model[Symbol.asyncDispose]()
      await server[Symbol.asyncDispose]()
      expect(clock.pendingTimers).toBe(0)
    },
  }
}
