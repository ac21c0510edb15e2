import { type LightMyRequestResponse } from 'fastify'
import { expect, test } from 'vitest'
import { CharacterDraft } from '#shared/entities.ts'
import { AppError } from '../../../../backend/errors.ts'
import { systemClock } from '../../../../backend/lib/clock.ts'
import { FakeLanguageModel, type FakeReply } from '../../../fakes/fake-language-model.ts'
import { FakeSynthesizer } from '../../../fakes/fake-synthesizer.ts'
import { FakeTranscriber } from '../../../fakes/fake-transcriber.ts'
import { openAiDoor } from '../../../support/open-ai-door.ts'
import { OpenAiFuzz, type FuzzRequest } from '../../../support/open-ai-fuzz.ts'
import { openAiSchemas, type OpenAiSchemas } from '../../../support/open-ai-schemas.ts'
import { SeededRandom } from '../../../support/seeded-random.ts'

/** `TROUPE_TEST_OPENAI_EXCHANGES=100000` for the long run. */
const EXCHANGES = Number(process.env['TROUPE_TEST_OPENAI_EXCHANGES'] ?? 2_000)
const SEED = Number(process.env['TROUPE_TEST_OPENAI_SEED'] ?? 20_301)

/** The schemas alone take a while to be compiled. */
const TIMEOUT_MS = 180_000 + EXCHANGES * 50

const WORDS = ['Hello', ' there.', '\n', 'Nova: ', 'User: hi', '"}', '日本', '🙂', '']

/** A model in all its moods. */
function moodyModel(random: SeededRandom): FakeLanguageModel {
  const pieces = (): string[] =>
    Array.from({ length: random.below(5) }, () => WORDS[random.below(WORDS.length)] ?? '')
  const call = { id: 'call_1', name: 'weather', argumentsJson: '{"city":"Oslo"}' }
  const reply = (): FakeReply => ({
    deltas: pieces(),
    ...(random.chance(0.2) ? { reasoning: 'Hm.' } : {}),
    ...(random.chance(0.2) ? { toolCalls: [call, { ...call, id: 'call_2' }] } : {}),
    ...(random.chance(0.05) ? { ending: new AppError('engine_failed', 'It broke off') } : {}),
  })
  const embed = ({ inputs }: { inputs: readonly unknown[] }) =>
    Promise.resolve({ vectors: inputs.map(() => [random.next(), -random.next()]) })
  return Object.assign(new FakeLanguageModel(systemClock, reply), { embed })
}

const WHOLE: Readonly<Record<FuzzRequest['kind'], string | undefined>> = {
  models: 'ListModelsResponse',
  model: 'Model',
  chat: 'CreateChatCompletionResponse',
  completion: 'CreateCompletionResponse',
  embeddings: 'CreateEmbeddingResponse',
  response: 'Response',
  transcription: undefined,
  speech: undefined,
  any: undefined,
}

const STREAMED: Partial<Record<FuzzRequest['kind'], string>> = {
  chat: 'CreateChatCompletionStreamResponse',
  completion: 'StreamedCompletion',
  speech: 'CreateSpeechResponseStreamEvent',
}

const EVENTS: Readonly<Record<string, string>> = {
  'response.created': 'ResponseCreatedEvent',
  'response.in_progress': 'ResponseInProgressEvent',
  'response.output_item.added': 'ResponseOutputItemAddedEvent',
  'response.output_item.done': 'ResponseOutputItemDoneEvent',
  'response.content_part.added': 'ResponseContentPartAddedEvent',
  'response.content_part.done': 'ResponseContentPartDoneEvent',
  'response.output_text.delta': 'ResponseTextDeltaEvent',
  'response.output_text.done': 'ResponseTextDoneEvent',
  'response.reasoning_text.delta': 'ResponseReasoningTextDeltaEvent',
  'response.reasoning_text.done': 'ResponseReasoningTextDoneEvent',
  'response.function_call_arguments.delta': 'ResponseFunctionCallArgumentsDeltaEvent',
  'response.function_call_arguments.done': 'ResponseFunctionCallArgumentsDoneEvent',
  'response.completed': 'ResponseCompletedEvent',
  'response.incomplete': 'ResponseIncompleteEvent',
  'response.failed': 'ResponseFailedEvent',
  'transcript.text.delta': 'TranscriptTextDeltaEvent',
  'transcript.text.done': 'TranscriptTextDoneEvent',
}

/** What is wrong with an answer; empty if nothing is. */
function faultsOf(schemas: OpenAiSchemas, asked: FuzzRequest, answer: LightMyRequestResponse): string[] {
  const type = String(answer.headers['content-type'] ?? '')
  if (!/^req_[0-9a-f]{32}$/.test(String(answer.headers['x-request-id']))) return ['no x-request-id']
  if (answer.statusCode >= 400) return errorFaults(schemas, answer)
  if (answer.statusCode !== 200) return [`status ${answer.statusCode}`]
  if (type.startsWith('text/event-stream')) return streamFaults(schemas, asked, answer.payload)
  if (!type.startsWith('application/json')) return []
  const value = answer.json()
  const isVerbose = asked.kind === 'transcription' && 'duration' in value
  const transcription = isVerbose
    ? 'CreateTranscriptionResponseVerboseJson'
    : 'CreateTranscriptionResponseJson'
  const name = asked.kind === 'transcription' ? transcription : WHOLE[asked.kind]
  const fault = name && schemas.fault(name, asked.kind === 'embeddings' ? decoded(value) : value)
  return fault ? [fault] : []
}

function errorFaults(schemas: OpenAiSchemas, answer: LightMyRequestResponse): string[] {
  const value = answer.json()
  const fault = schemas.fault('ErrorResponse', value)
  const isCrash = answer.statusCode === 500
  return [...(fault ? [fault] : []), ...(isCrash ? [`crashed: ${answer.payload}`] : [])]
}

/** The schema does not know that vectors may come as base64. */
function decoded(value: { data: { embedding: unknown }[] }): unknown {
  const data = value.data.map((item) => {
    if (typeof item.embedding !== 'string') return item
    const bytes = Buffer.from(item.embedding, 'base64')
    return {
      ...item,
      embedding: Array.from({ length: bytes.length / 4 }, (_, at) => bytes.readFloatLE(at * 4)),
    }
  })
  return { ...value, data }
}

function listed(fault: string | undefined): string[] {
  return fault === undefined ? [] : [fault]
}

function streamFaults(schemas: OpenAiSchemas, asked: FuzzRequest, payload: string): string[] {
  const frames = payload.split('\n\n').filter((frame) => frame !== '' && !frame.startsWith(':'))
  const data = frames.map((frame) => frame.replace(/^event: .*\n/, '').replace(/^data: /, ''))
  const isDone = data.at(-1) === '[DONE]'
  const values = (isDone ? data.slice(0, -1) : data).map((json): object => Object(JSON.parse(json)))
  const last = values.at(-1) ?? {}
  const faults = values.flatMap((value, index) => {
    if ('error' in value && !('response' in value)) {
      if (index < values.length - 1) return ['words behind an error']
      return listed(schemas.fault('ErrorResponse', value))
    }
    const name = STREAMED[asked.kind] ?? EVENTS[String(Reflect.get(value, 'type'))]
    if (name === undefined) return [`unknown event ${String(Reflect.get(value, 'type'))}`]
    const isCounted = asked.kind !== 'response' || Reflect.get(value, 'sequence_number') === index
    return [...(isCounted ? [] : ['out of sequence']), ...listed(schemas.fault(name, value))]
  })
  const needsDone = (asked.kind === 'chat' || asked.kind === 'completion') && !('error' in last)
  return needsDone && !isDone ? [...faults, 'ended without [DONE]'] : faults
}

test(
  `all that is said to ${EXCHANGES} requests, good and bad, is as OpenAI's schemas have it`,
  async () => {
    const schemas = await openAiSchemas()
    const random = new SeededRandom(SEED)
    const clock = systemClock
    const engines = {
      model: moodyModel(random),
      synthesizer: new FakeSynthesizer({ clock, ttfbMs: 0 }),
      transcriber: new FakeTranscriber({ clock }, { text: 'Good morning.' }),
    }
    await using door = await openAiDoor({ engines })
    await door.store.characters.create(CharacterDraft.parse({ name: 'Nova', description: 'A pilot.' }))
    const fuzz = new OpenAiFuzz(random)
    const faults: string[] = []
    const statuses = new Map<string, number>()
    for (let exchange = 0; exchange < EXCHANGES && faults.length < 10; exchange += 1) {
      const asked = fuzz.next()
      const { kind, ...request } = asked
      const answer = await door.app.inject(request)
      const found = faultsOf(schemas, asked, answer)
      const shown = `${request.method} ${request.url} ${String(request.payload).slice(0, 1_000)}`
      faults.push(
        ...found.map(
          (fault) =>
            `#${exchange} ${fault}\n${shown}\n→ ${answer.statusCode} ${answer.payload.slice(0, 800)}`,
        ),
      )
      statuses.set(`${kind} ${answer.statusCode}`, (statuses.get(`${kind} ${answer.statusCode}`) ?? 0) + 1)
      const made = /"id":"(resp_[0-9a-f]+)"/.exec(answer.payload)?.[1]
      if (made) fuzz.responseIds.push(made)
    }
    expect(faults.join('\n\n')).toBe('')
    // A fuzz that is refused everything finds nothing.
    const kinds = ['chat', 'response', 'completion', 'embeddings', 'speech', 'transcription', 'model']
    const rare = kinds.filter((kind) => (statuses.get(`${kind} 200`) ?? 0) <= EXCHANGES / 200)
    expect(rare).toEqual([])
    expect(engines.model.openCalls).toBe(0)
  },
  TIMEOUT_MS,
)
