import { expect, test } from 'vitest'
import { type ReplyRequest } from '../../../../backend/engines/contracts.ts'
import { chatOf, collect } from '../../../contracts/language-model.ts'
import { answers, says } from '../../../support/fake-chat-server.ts'
import { modelAtServer } from '../../../support/model-at-server.ts'

const NEVER = new AbortController().signal
const WEATHER = { name: 'weather', description: '', parameters: { type: 'object' } }
const PICTURE = 'data:image/png;base64,AAAA'

function wishing(): ReplyRequest {
  return {
    ...chatOf('Look'),
    messages: [{ role: 'user', content: 'Look', images: [PICTURE] }],
    tools: [WEATHER],
    toolChoice: { name: 'weather' },
    format: { name: 'city', schema: { type: 'object' }, strict: true },
    extra: { logit_bias: { 5: -1 }, model: 'not this one' },
  }
}

test('a server is sent pictures, the choice of tools, the form of the answer and further fields', async () => {
  await using at = await modelAtServer(says('Hi'), { model: 'fake-model' })
  await collect(at.model, wishing())
  expect(at.server.lastRequest.body).toMatchObject({
    model: 'fake-model',
    messages: [
      {
        role: 'user',
        content: [
          { type: 'text', text: 'Look' },
          { type: 'image_url', image_url: { url: PICTURE } },
        ],
      },
    ],
    tool_choice: { type: 'function', function: { name: 'weather' } },
    response_format: {
      type: 'json_schema',
      json_schema: { name: 'city', schema: { type: 'object' }, strict: true },
    },
    logit_bias: { 5: -1 },
  })
})

test('Ollama is sent pictures and the form of the answer as it wants them', async () => {
  const line = JSON.stringify({ message: { content: 'Hi' }, done: true, done_reason: 'stop' })
  const script = answers(200, `${line}\n`, 'application/x-ndjson')
  const ollama = { numCtx: 8_192 }
  await using at = await modelAtServer(script, { model: 'fake-model', ollama }, (server) => {
    server.extras.set('/api/version', { version: '0.12.6' })
  })
  await collect(at.model, { ...wishing(), toolChoice: 'none' })
  expect(at.server.lastRequest.body).toMatchObject({
    messages: [{ role: 'user', content: 'Look', images: ['AAAA'] }],
    format: { type: 'object' },
  })
  expect(at.server.lastRequest.body).not.toHaveProperty('tools')
})

test('a server that cannot answer in a form is not asked to answer in any', async () => {
  const refusal = { error: { message: 'response_format is not supported' } }
  await using at = await modelAtServer(answers(400, refusal), { model: 'fake-model' })
  const asked = collect(at.model, { ...chatOf('Hi'), format: 'json' })
  await expect(asked).rejects.toMatchObject({ code: 'engine_rejected' })
  expect(at.server.requests).toHaveLength(1)
})

test('embeddings come from the server, in the order of the texts', async () => {
  const data = [
    { index: 1, embedding: [0.3, 0.4] },
    { index: 0, embedding: [0.1, 0.2] },
  ]
  const script = answers(200, { data, usage: { prompt_tokens: 7 } })
  await using at = await modelAtServer(script, { model: 'fake-model' }, (server) => {
    server.models = ['fake-model', 'nomic-embed-text']
  })
  await at.model.listModels(NEVER)
  expect(at.model.embeddingModels?.()).toEqual(['nomic-embed-text'])
  const asked = { model: 'nomic-embed-text', inputs: ['one', 'two'], dimensions: 2 }
  expect(await at.model.embed?.(asked, NEVER)).toEqual({
    vectors: [
      [0.1, 0.2],
      [0.3, 0.4],
    ],
    promptTokens: 7,
  })
  expect(at.server.lastRequest.body).toMatchObject({
    model: 'nomic-embed-text',
    input: ['one', 'two'],
    dimensions: 2,
  })
})

test('a server that answers with something else makes no embeddings', async () => {
  await using at = await modelAtServer(answers(200, { data: [] }), { model: 'fake-model' })
  const asked = at.model.embed?.({ inputs: ['one'] }, NEVER)
  await expect(asked).rejects.toMatchObject({ code: 'engine_failed' })
})
