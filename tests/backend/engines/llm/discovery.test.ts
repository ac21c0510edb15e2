import { expect, test } from 'vitest'
import { type LanguageModel, type ModelProfile } from '../../../../backend/engines/contracts.ts'
import { createOpenAiModel, type OpenAiModelOptions } from '../../../../backend/engines/llm/openai.ts'
import { chatOf, collect, failureOf } from '../../../contracts/language-model.ts'
import { FakeClock } from '../../../fakes/fake-clock.ts'
import { type FakeChatServer, says, startFakeChatServer } from '../../../support/fake-chat-server.ts'

const NEVER = new AbortController().signal

interface Bench extends AsyncDisposable {
  readonly server: FakeChatServer
  readonly clock: FakeClock
  readonly model: LanguageModel
}

async function bench(
  prepare: (server: FakeChatServer) => void,
  options: Partial<OpenAiModelOptions> = {},
): Promise<Bench> {
  const server = await startFakeChatServer()
  prepare(server)
  server.script = says('Hi.')
  const clock = new FakeClock()
  const model = createOpenAiModel({ baseUrl: server.baseUrl, clock, ...options })
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

const STRICT_TEMPLATE = "{{ raise_exception('Conversation roles must alternate user/assistant') }}"

const SERVERS: [string, (server: FakeChatServer) => void, Partial<ModelProfile>][] = [
  [
    'vLLM',
    (server) => {
      server.models = [{ id: 'm', owned_by: 'vllm', max_model_len: 40_960 }]
    },
    { id: 'm', contextTokens: 40_960, roles: 'strict' },
  ],
  [
    'OpenRouter',
    (server) => {
      const pricing = { prompt: '0.0000005', completion: '0.0000015' }
      const architecture = { input_modalities: ['text', 'image'] }
      const told = { context_length: 131_072, pricing, supported_parameters: ['stop'], architecture }
      server.models = [{ id: 'meta/llama-3.1', ...told }]
    },
    { id: 'meta/llama-3.1', contextTokens: 131_072, canUseTools: false, canSee: true, roles: 'free' },
  ],
  [
    'llama.cpp',
    (server) => {
      server.models = [{ id: 'm.gguf', owned_by: 'llamacpp', meta: { n_ctx_train: 131_072 } }]
      server.extras.set('/props', {
        default_generation_settings: { n_ctx: 8_448 },
        chat_template: STRICT_TEMPLATE,
        chat_template_caps: { supports_tools: true },
        modalities: { vision: true, audio: false },
      })
    },
    { id: 'm.gguf', contextTokens: 8_448, canUseTools: true, canSee: true, roles: 'strict' },
  ],
  [
    'LM Studio, model loaded',
    (server) => {
      const model = {
        id: 'm',
        type: 'llm',
        state: 'loaded',
        max_context_length: 131_072,
        loaded_context_length: 12_000,
      }
      server.extras.set('/api/v0/models', { data: [{ ...model, capabilities: ['tool_use'] }] })
    },
    { id: 'm', contextTokens: 12_000, canUseTools: true, canSee: false },
  ],
  [
    'LM Studio, model not loaded',
    (server) => {
      const model = { id: 'm', type: 'llm', state: 'not-loaded', max_context_length: 131_072 }
      server.extras.set('/api/v0/models', {
        data: [{ id: 'e', type: 'embeddings', max_context_length: 512 }, model],
      })
    },
    { id: 'm', contextTokens: 4_096 },
  ],
  [
    'Ollama of an older version',
    (server) => {
      server.models = ['gemma2:2b']
      server.extras.set('/api/version', { version: '0.6.4' })
      server.extras.set('/api/tags', { models: [{ name: 'gemma2:2b', details: {} }] })
      server.extras.set('/api/show', {
        capabilities: ['completion'],
        model_info: { 'general.architecture': 'gemma2', 'gemma2.context_length': 2_048 },
      })
    },
    { id: 'gemma2:2b', contextTokens: 2_048, canUseTools: false, canSee: false, roles: 'no_system' },
  ],
  [
    'a server that tells nothing but names',
    (server) => {
      server.models = ['nomic-embed-text', 'somebody']
    },
    { id: 'somebody', contextTokens: 8_192, canUseTools: true, roles: 'strict' },
  ],
  [
    'a server that lists garbage',
    (server) => {
      server.models = [{ name: 'no id' }, { id: 'gpt-4o', max_model_len: 'x', pricing: 7 }]
    },
    { id: 'gpt-4o', contextTokens: 128_000, roles: 'free' },
  ],
]

test.each(SERVERS)('models of %s are known in the background', async (_what, prepare, expected) => {
  await using at = await bench(prepare)
  expect(await at.model.listModels(NEVER)).toMatchObject([expected])
  expect(at.model.profile()).toMatchObject(expected)
})

test('prices that the server tells become the cost of a reply', async () => {
  await using at = await bench((server) => {
    const pricing = { prompt: '0.000002', completion: '0.00001' }
    server.models = [{ id: 'm', context_length: 4_000, pricing }]
  })
  at.server.script = (exchange) => {
    exchange.delta('Hi.')
    exchange.event({ choices: [{ delta: {}, finish_reason: 'stop' }] })
    exchange.event({ choices: [], usage: { prompt_tokens: 1_000, completion_tokens: 10 } })
    exchange.end()
  }
  const finish = (await collect(at.model, chatOf('hello'))).at(-1)
  expect(finish).toMatchObject({ report: { cost: expect.closeTo(0.0021, 9) } })
})

function listsTwo(server: FakeChatServer): void {
  server.models = [
    { id: 'm', max_model_len: 40_960 },
    { id: 'n', max_model_len: 40_960 },
  ]
}

test('the settings win over what the server tells', async () => {
  const models = [{ id: 'm', contextTokens: 1_234, canUseTools: false, roles: 'one_system' as const }]
  await using at = await bench(listsTwo, { models, contextTokens: 5_000 })
  await at.model.listModels(NEVER)
  expect(at.model.profile('m')).toMatchObject({
    contextTokens: 1_234,
    canUseTools: false,
    roles: 'one_system',
  })
  expect(at.model.profile('n')).toMatchObject({ contextTokens: 5_000 })
})

test('a server that does not tell of its models delays no reply and no prompt', async () => {
  await using at = await bench(() => {}, { model: 'small' })
  at.server.silentPaths.add('/v1/models')
  expect(at.model.profile()).toMatchObject({ id: 'small', contextTokens: 8_192 })
  expect((await collect(at.model, chatOf('hello'))).at(-1)).toMatchObject({ type: 'finish' })
})

test('the first model of a list answers before more is known of it', async () => {
  await using at = await bench((server) => {
    server.models = ['somebody']
    server.silentPaths.add('/api/version')
  })
  expect((await collect(at.model, chatOf('hello'))).at(-1)).toMatchObject({ report: { model: 'somebody' } })
})

test('a list is asked for again when it is old, and one that failed sooner', async () => {
  await using at = await bench((server) => {
    server.models = [{ id: 'm', max_model_len: 4_000 }]
  })
  await at.model.listModels(NEVER)
  at.server.models = [{ id: 'm', max_model_len: 9_000 }]
  expect(at.model.profile().contextTokens).toBe(4_000)
  await at.clock.advance(300_000)
  await expect.poll(() => at.model.profile().contextTokens, { interval: 2 }).toBe(9_000)
})

test('models of all servers are listed, and one may be chosen by its name alone', async () => {
  const other = await startFakeChatServer()
  await using _other = other
  other.models = [{ id: 'far', max_model_len: 9_000 }]
  other.script = says('From afar.')
  await using at = await bench(
    (server) => {
      server.models = [{ id: 'near', max_model_len: 4_000 }]
    },
    { fallbacks: [{ baseUrl: other.baseUrl, apiKey: 'key', model: 'farther' }] },
  )
  const ids = (await at.model.listModels(NEVER)).map(({ id }) => id)
  expect(ids).toEqual(['near', 'far'])
  await collect(at.model, { ...chatOf('hello'), settings: { model: 'far' } })
  expect(other.lastRequest).toMatchObject({ model: 'far', authorization: 'Bearer key' })
})

test('listModels() says why when the first server cannot be asked', async () => {
  await using at = await bench(() => {})
  await at.server[Symbol.asyncDispose]()
  await at.clock.advance(300_000)
  expect(await failureOf(at.model.listModels(NEVER))).toMatchObject({ code: 'engine_unavailable' })
})

test('the model that was taken first stays as long as the server has it', async () => {
  await using at = await bench((server) => {
    server.models = [{ id: 'a', max_model_len: 4_000 }]
  })
  await at.model.listModels(NEVER)
  await collect(at.model, chatOf('hello'))
  at.server.models = [
    { id: 'new', max_model_len: 4_000 },
    { id: 'a', max_model_len: 4_000 },
  ]
  await at.model.listModels(NEVER)
  await collect(at.model, chatOf('hello'))
  at.server.models = [{ id: 'new', max_model_len: 4_000 }]
  await at.model.listModels(NEVER)
  await collect(at.model, chatOf('hello'))
  expect(at.server.requests.map(({ model }) => model)).toEqual(['a', 'a', 'new'])
})
