import { setTimeout as delay } from 'node:timers/promises'
import { createOpenAiModel, type OpenAiModelOptions } from '../../backend/engines/llm/openai.ts'
import { SwitchableModel } from '../../backend/engines/llm/switchable-model.ts'
import { AppError } from '../../backend/errors.ts'
import { systemClock } from '../../backend/lib/clock.ts'
import { createScriptedModel } from '../../backend/engines/llm/scripted/scripted-model.ts'
import { FakeLanguageModel, type FakeReply } from '../fakes/fake-language-model.ts'
import {
  answers,
  breaksOffAfter,
  type ChatScript,
  type FakeChatServer,
  neverAnswers,
  resetsAfter,
  says,
  sendsRaw,
  stallsAfter,
  startFakeChatServer,
} from '../support/fake-chat-server.ts'
import { describeLanguageModel, type LanguageModelHarness } from './language-model.ts'

const SENTENCE = 'The curtain rises, and for a moment nobody in the whole house breathes at all.'

describeLanguageModel({
  name: 'the fake',
  open: () => openFake({ deltas: SENTENCE.split(/(?= )/u), tokenMs: 10 }),
  faults: [
    {
      name: 'a planned failure',
      code: 'engine_failed',
      open: () => openFake({ deltas: ['Well'], ending: new AppError('engine_failed', 'It fails') }),
    },
  ],
})

describeLanguageModel({
  name: 'scripted',
  open: () => {
    const model = createScriptedModel({ clock: systemClock, tokenMs: 10 })
    return Promise.resolve({
      model,
      openCalls: () => 0,
      [Symbol.asyncDispose]: () => model[Symbol.asyncDispose](),
    })
  },
  faults: [],
})

describeLanguageModel({
  name: 'openai',
  open: () => openOpenAi(says(SENTENCE, 10)),
  faults: [
    {
      name: 'a server error',
      code: 'engine_failed',
      open: () => openOpenAi(answers(500, { error: { message: 'no' } })),
    },
    { name: 'a rate limit', code: 'engine_rate_limited', open: () => openOpenAi(answers(429, {})) },
    { name: 'a wrong key', code: 'engine_rejected', open: () => openOpenAi(answers(401, {})) },
    { name: 'an unknown model', code: 'engine_rejected', open: () => openOpenAi(answers(404, {})) },
    {
      name: 'a page of HTML',
      code: 'engine_failed',
      open: () => openOpenAi(answers(200, '<html>', 'text/html')),
    },
    {
      name: 'JSON instead of a stream',
      code: 'engine_failed',
      open: () => openOpenAi(answers(200, { choices: [] })),
    },
    {
      name: 'half a JSON event',
      code: 'engine_failed',
      open: () => openOpenAi(sendsRaw('data: {"choi\n\n')),
    },
    {
      name: 'an event of another kind',
      code: 'engine_failed',
      open: () => openOpenAi(sendsRaw('data: 42\n\n')),
    },
    {
      name: 'bytes of no kind',
      code: 'engine_failed',
      open: () => openOpenAi(sendsRaw(new Uint8Array(5_000))),
    },
    {
      name: 'a line without end',
      code: 'engine_failed',
      open: () => openOpenAi(sendsRaw('x'.repeat(1_200_000))),
    },
    { name: 'an empty stream', code: 'engine_failed', open: () => openOpenAi(breaksOffAfter()) },
    {
      name: 'a stream that breaks off',
      code: 'engine_failed',
      open: () => openOpenAi(breaksOffAfter('I', ' was')),
    },
    {
      name: 'a reset in the middle',
      code: 'engine_failed',
      open: () => openOpenAi(resetsAfter('I', ' was')),
    },
    { name: 'a reset before the answer', code: 'engine_unavailable', open: () => openOpenAi(resetsAfter()) },
    { name: 'a server that never answers', code: 'engine_timeout', open: () => openOpenAi(neverAnswers) },
    { name: 'a stall before the first word', code: 'engine_timeout', open: () => openOpenAi(stallsAfter()) },
    { name: 'a stall in the middle', code: 'engine_timeout', open: () => openOpenAi(stallsAfter('I')) },
    { name: 'no server', code: 'engine_unavailable', open: openNowhere },
  ],
})

const failing = answers(500, { error: { message: 'no' } })

describeLanguageModel({
  name: 'openai, by a completion API',
  open: () => openOpenAi(completes(SENTENCE), { models: [{ id: 'fake-model', template: 'llama3' }] }),
  faults: [
    {
      name: 'a completion that breaks off',
      code: 'engine_failed',
      open: () =>
        openOpenAi(sendsRaw('data: {"choices":[{"text":"I was"}]}\n\n'), {
          models: [{ id: 'fake-model', template: 'llama3' }],
        }),
    },
  ],
})

describeLanguageModel({
  name: 'Ollama, by its own API',
  open: () => openOllama(chatsInLines(SENTENCE)),
  faults: [
    {
      name: 'a reply that is not done',
      code: 'engine_failed',
      open: () => openOllama(sendsRaw('{"message":{"content":"I was"},"done":false}\n')),
    },
    { name: 'no JSON', code: 'engine_failed', open: () => openOllama(sendsRaw('{"mess\n')) },
    {
      name: 'a line without end',
      code: 'engine_failed',
      open: () => openOllama(sendsRaw('x'.repeat(1_200_000))),
    },
    { name: 'a stall', code: 'engine_timeout', open: () => openOllama((exchange) => exchange.raw('\n')) },
  ],
})

describeLanguageModel({
  name: 'a switchable model',
  open: async () => {
    const harness = await openOpenAi(says(SENTENCE, 10))
    return { ...harness, model: new SwitchableModel(harness.model) }
  },
  faults: [
    {
      name: 'a chain of which nobody answers',
      code: 'engine_failed',
      open: () => openOpenAi(failing, { fallbacks: [{ baseUrl: 'http://127.0.0.1:9/v1', model: 'away' }] }),
    },
  ],
})

/** As a completion API streams. */
function completes(sentence: string): ChatScript {
  return async (exchange) => {
    for (const text of sentence.match(/\s*\S+/gu) ?? []) {
      exchange.event({ choices: [{ text }] })
      await delay(10)
      if (exchange.isClosed) return
    }
    exchange.event({ choices: [{ text: '', finish_reason: 'stop' }] })
    exchange.end()
  }
}

/** As Ollama streams. */
function chatsInLines(sentence: string): ChatScript {
  return async (exchange) => {
    for (const content of sentence.match(/\s*\S+/gu) ?? []) {
      exchange.raw(`${JSON.stringify({ message: { content }, done: false })}\n`)
      await delay(10)
      if (exchange.isClosed) return
    }
    exchange.raw(`${JSON.stringify({ message: { content: '' }, done: true, done_reason: 'stop' })}\n`)
    exchange.end()
  }
}

function openOllama(script: ChatScript): Promise<LanguageModelHarness> {
  return openOpenAi(script, { ollama: { numCtx: 8_192 } }, (server) => {
    server.extras.set('/api/version', { version: '0.12.6' })
    const details = { context_length: 131_072 }
    server.extras.set('/api/tags', {
      models: [{ name: 'fake-model', capabilities: ['completion'], details }],
    })
  })
}

function openFake(reply: FakeReply): Promise<LanguageModelHarness> {
  const model = new FakeLanguageModel(systemClock, reply)
  return Promise.resolve({
    model,
    openCalls: () => model.openCalls,
    [Symbol.asyncDispose]: () => model[Symbol.asyncDispose](),
  })
}

async function openOpenAi(
  script: ChatScript,
  options: Partial<OpenAiModelOptions> = {},
  prepare: (server: FakeChatServer) => void = () => {},
): Promise<LanguageModelHarness> {
  const server = await startFakeChatServer()
  prepare(server)
  server.script = script
  const model = createOpenAiModel({
    baseUrl: server.baseUrl,
    clock: systemClock,
    firstTokenTimeoutMs: 1_000,
    tokenTimeoutMs: 500,
    ...options,
  })
  return {
    model,
    openCalls: () => server.openCalls,
    async [Symbol.asyncDispose]() {
      await model[Symbol.asyncDispose]()
      await server[Symbol.asyncDispose]()
    },
  }
}

async function openNowhere(): Promise<LanguageModelHarness> {
  const harness = await startFakeChatServer()
  const { baseUrl } = harness
  await harness[Symbol.asyncDispose]()
  const model = createOpenAiModel({ baseUrl, clock: systemClock })
  return { model, openCalls: () => 0, [Symbol.asyncDispose]: () => model[Symbol.asyncDispose]() }
}
