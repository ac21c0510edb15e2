import { expect, test } from 'vitest'
import { type ReplyRequest } from '../../../../backend/engines/contracts.ts'
import { type OpenAiModelOptions } from '../../../../backend/engines/llm/openai.ts'
import { chatOf, collect, failureOf, textOf } from '../../../contracts/language-model.ts'
import {
  answers,
  type ChatScript,
  type FakeChatServer,
  says,
  sendsRaw,
} from '../../../support/fake-chat-server.ts'
import { type ModelAtServer, modelAtServer } from '../../../support/model-at-server.ts'

const bench = (
  script: ChatScript,
  options: Partial<OpenAiModelOptions> = {},
  prepare?: (server: FakeChatServer) => void,
): Promise<ModelAtServer> => modelAtServer(script, { model: 'small', ...options }, prepare)

const DICE = { name: 'roll_dice', description: 'Rolls dice.', parameters: { type: 'object', properties: {} } }

function withTools(messages: ReplyRequest['messages'] = chatOf('roll!').messages): ReplyRequest {
  return { ...chatOf('roll!'), messages, tools: [DICE] }
}

function toolDelta(...calls: object[]): object {
  return { choices: [{ delta: { tool_calls: calls } }] }
}

test('tool calls that come in pieces are given out whole, after the words', async () => {
  await using at = await bench((exchange) => {
    exchange.delta('Let me see.')
    exchange.event(toolDelta({ index: 0, id: 'a', function: { name: 'roll_dice', arguments: '' } }))
    exchange.event(toolDelta({ index: 0, function: { arguments: '{"si' } }))
    exchange.event(toolDelta({ index: 1, id: 'b', function: { name: 'roll_dice', arguments: '{}' } }))
    exchange.event(toolDelta({ index: 0, function: { arguments: 'des": 6}' } }))
    exchange.finish('tool_calls')
  })
  const events = await collect(at.model, withTools())
  expect(events).toMatchObject([
    { type: 'text', text: 'Let me see.' },
    { type: 'tool_call', id: 'a', name: 'roll_dice', argumentsJson: '{"sides": 6}' },
    { type: 'tool_call', id: 'b', name: 'roll_dice', argumentsJson: '{}' },
    { type: 'finish', reason: 'tool_calls' },
  ])
  expect(at.server.lastRequest.body).toMatchObject({ tools: [{ type: 'function', function: DICE }] })
})

test('tool calls of servers that neither count nor name them are told apart', async () => {
  await using at = await bench((exchange) => {
    exchange.event(toolDelta({ index: 0, id: 'x', function: { name: 'one', arguments: '{"a":1}' } }))
    exchange.event(toolDelta({ index: 0, id: 'y', function: { name: 'two', arguments: { b: 2 } } }))
    exchange.finish('stop')
  })
  const events = await collect(at.model, withTools())
  expect(events).toMatchObject([
    { id: 'x', name: 'one', argumentsJson: '{"a":1}' },
    { id: 'y', name: 'two', argumentsJson: '{"b":2}' },
    { type: 'finish', reason: 'tool_calls' },
  ])
  at.server.script = (exchange) => {
    exchange.event(toolDelta({ function: { name: 'one' } }))
    exchange.finish('stop')
  }
  expect((await collect(at.model, withTools()))[0]).toMatchObject({
    name: 'one',
    argumentsJson: '{}',
    id: expect.stringMatching(/^call_\w{8}$/u),
  })
})

test('half a tool call is no tool call', async () => {
  await using at = await bench((exchange) => {
    exchange.event(toolDelta({ index: 0, id: 'a', function: { name: 'roll_dice', arguments: '{"si' } }))
    exchange.end()
  })
  expect(await failureOf(collect(at.model, withTools()))).toMatchObject({ code: 'engine_failed' })
})

test('what was called and what came of it is told to the model', async () => {
  await using at = await bench(says('A six.'))
  const messages: ReplyRequest['messages'] = [
    { role: 'user', content: 'roll!' },
    {
      role: 'assistant',
      content: '',
      toolCalls: [{ id: 'a', name: 'roll_dice', argumentsJson: '{"sides":6}' }],
    },
    { role: 'tool', content: '6', toolCallId: 'a' },
  ]
  await collect(at.model, withTools(messages))
  expect(at.server.lastRequest.body).toMatchObject({
    messages: [
      { role: 'user', content: 'roll!' },
      {
        tool_calls: [
          { id: 'a', type: 'function', function: { name: 'roll_dice', arguments: '{"sides":6}' } },
        ],
      },
      { role: 'tool', content: '6', tool_call_id: 'a' },
    ],
  })
})

test('a model that knows no tools gets none, and answers all the same', async () => {
  await using at = await bench(says('No dice.'))
  at.server.answerInTurn(answers(400, { error: { message: 'small does not support tools' } }))
  expect(textOf(await collect(at.model, withTools()))).toBe('No dice.')
  expect(at.server.lastRequest.body).not.toHaveProperty('tools')
  expect(at.model.profile('small').canUseTools).toBe(false)
})

test('settings that a server refuses are left out, and not sent again', async () => {
  await using at = await bench(says('Fine.'))
  at.server.answerInTurn(
    answers(400, { error: { message: "Unsupported parameter: 'max_tokens'", param: 'max_tokens' } }),
    answers(400, {
      error: { message: "Unsupported value: 'temperature' does not support 0.7 with this model." },
    }),
  )
  const request = { ...chatOf('hello'), settings: { temperature: 0.7, max_tokens: 90, top_p: 0.9 } }
  expect(textOf(await collect(at.model, request))).toBe('Fine.')
  expect(at.server.lastRequest.body).toMatchObject({ max_completion_tokens: 90, top_p: 0.9 })
  expect(at.server.lastRequest.body).not.toHaveProperty('temperature')
  await collect(at.model, request)
  expect(at.server.requests).toHaveLength(4)
})

test('roles that a chat template does not bear are remembered', async () => {
  await using at = await bench(says('Fine.'))
  const message = 'Conversation roles must alternate user/assistant/user/assistant/...'
  at.server.answerInTurn(answers(500, { error: { message } }))
  expect(at.model.profile('llama3.1').roles).toBe('free')
  await failureOf(collect(at.model, { ...chatOf('hello'), settings: { model: 'llama3.1' } }))
  expect(at.model.profile('llama3.1').roles).toBe('strict')
})

test('no more stop texts are sent than OpenAI takes, and the others are watched for', async () => {
  await using at = await bench(says(['One ', 'two', ' EN', 'D three']))
  const request = { ...chatOf('hello'), settings: { stop: ['a', 'b'] }, stops: ['c', 'd', 'a', 'END'] }
  const events = await collect(at.model, request)
  expect(at.server.lastRequest.body).toMatchObject({ stop: ['a', 'b', 'c', 'd'] })
  expect(textOf(events)).toBe('One two ')
  expect(events.at(-1)).toMatchObject({ type: 'finish', reason: 'stop' })
})

test('what only looked like a stop text is said', async () => {
  await using at = await bench(says(['One EN', 'tity', ' E', 'N']))
  const request = { ...chatOf('hello'), stops: ['a', 'b', 'c', 'd', 'END'] }
  expect(textOf(await collect(at.model, request))).toBe('One ENtity EN')
})

test('tokens and cost are reported as the server counts and the settings price them', async () => {
  const usage = {
    prompt_tokens: 1_000,
    completion_tokens: 100,
    prompt_tokens_details: { cached_tokens: 600 },
    completion_tokens_details: { reasoning_tokens: 40 },
  }
  await using at = await bench(
    (exchange) => {
      exchange.delta('Hi.')
      exchange.event({ choices: [{ delta: {}, finish_reason: 'stop' }] })
      exchange.event({ choices: [], usage })
      exchange.end()
    },
    { models: [{ id: 'small', prices: { prompt: 2, completion: 10, cached: 1 } }] },
  )
  expect((await collect(at.model, chatOf('hello'))).at(-1)).toEqual({
    type: 'finish',
    reason: 'stop',
    tokens: 100,
    report: {
      model: 'small',
      failedModels: [],
      attempts: 1,
      promptTokens: 1_000,
      cachedTokens: 600,
      reasoningTokens: 40,
      cost: (400 * 2 + 600 * 1 + 100 * 10) / 1_000_000,
    },
  })
})

test('thoughts whose opening tag stands in the prompt are not said', async () => {
  const models = [{ id: 'small', startsThinking: true }]
  await using at = await bench(says(['He wants', ' dice.</thi', 'nk>\n\nGladly.']), { models })
  expect(textOf(await collect(at.model, chatOf('hello')))).toBe('Gladly.')
})

test('a configured model has sampling settings of its own, which a session may change', async () => {
  const models = [{ id: 'small', settings: { temperature: 0.2, top_k: 5 } }]
  await using at = await bench(says('Fine.'), { models })
  await collect(at.model, { ...chatOf('hello'), settings: { top_k: 9 } })
  expect(at.server.lastRequest.body).toMatchObject({ temperature: 0.2, top_k: 9 })
})

function completionEvent(text: string, reason?: string): string {
  return `data: ${JSON.stringify({ choices: [{ text, finish_reason: reason ?? null }] })}\n\n`
}

test('a model without a chat API is told the conversation as one text', async () => {
  const usage = `data: ${JSON.stringify({ choices: [], usage: { prompt_tokens: 9, completion_tokens: 2 } })}\n\n`
  const bytes = new TextEncoder().encode(completionEvent('Grüße 🎭') + completionEvent('', 'stop') + usage)
  const cut = bytes.indexOf(0xf0) + 2
  await using at = await bench(sendsRaw(bytes.slice(0, cut), bytes.slice(cut)), {
    models: [{ id: 'small', template: 'chatml' }],
  })
  const events = await collect(at.model, { ...withTools(), settings: { stop: ['x'] } })
  expect(textOf(events)).toBe('Grüße 🎭')
  expect(events.at(-1)).toMatchObject({ reason: 'stop', tokens: 2, report: { promptTokens: 9 } })
  expect(at.server.lastRequest.path).toBe('/v1/completions')
  expect(at.server.lastRequest.body).toMatchObject({
    prompt:
      '<|im_start|>system\nYou are Ada.<|im_end|>\n<|im_start|>user\nroll!<|im_end|>\n<|im_start|>assistant\n',
    stop: ['<|im_end|>', '<|im_start|>', 'x'],
    max_tokens: 1_024,
  })
  expect(at.model.profile()).toMatchObject({ canUseTools: false, roles: 'free' })
})
