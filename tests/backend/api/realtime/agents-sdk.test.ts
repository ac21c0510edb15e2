import {
  OpenAIRealtimeWebSocket,
  RealtimeAgent,
  RealtimeSession,
  tool,
  type TransportEvent,
} from '@openai/agents-realtime'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { type FakeLanguageModel } from '../../../fakes/fake-language-model.ts'
import { type FakeTranscriber } from '../../../fakes/fake-transcriber.ts'
import { quickEngines, type RealtimeApp, startRealtimeApp } from '../../../support/realtime-app.ts'

/** The strictest client there is, as it comes from npm: what it does not understand is no Realtime. */

let app: RealtimeApp
let model: FakeLanguageModel
let transcriber: FakeTranscriber
beforeAll(async () => {
  const engines = quickEngines()
  model = engines.model
  transcriber = engines.transcriber
  app = await startRealtimeApp({ engines })
})
afterAll(async () => app[Symbol.asyncDispose]())

const LONG = 'Once upon a time there was a clock that nobody could repair. '.repeat(6)
const weather = tool({
  name: 'weather',
  description: 'The weather in a city',
  parameters: z.object({ city: z.string() }),
  execute: ({ city }) => `It is sunny in ${city}.`,
})

class Program {
  readonly session: RealtimeSession
  readonly events: TransportEvent[] = []
  readonly errors: unknown[] = []
  audioBytes = 0
  interruptions = 0

  constructor() {
    const agent = new RealtimeAgent({ name: 'Helper', instructions: 'Be brief.', tools: [weather] })
    this.session = new RealtimeSession(agent, {
      transport: new OpenAIRealtimeWebSocket(),
      model: 'character:nora',
    })
    this.session.on('transport_event', (event) => this.events.push(event))
    this.session.on('error', ({ error }) => this.errors.push(error))
    this.session.on('audio', ({ data }) => {
      this.audioBytes += data.byteLength
    })
    this.session.on('audio_interrupted', () => {
      this.interruptions += 1
    })
  }

  async connect(): Promise<void> {
    await this.session.connect({ apiKey: 'any', url: `${app.socketUrl}?model=character:nora` })
    await this.told('session.updated')
  }

  all(type: string): TransportEvent[] {
    return this.events.filter((event) => event.type === type)
  }

  async told(type: string, times = 1): Promise<TransportEvent> {
    await expect.poll(() => this.all(type).length).toBeGreaterThanOrEqual(times)
    const found = this.all(type)[times - 1]
    if (!found) throw new Error(`No ${type}`)
    return found
  }

  /** 24 kHz. */
  speak(durationMs: number, level = 8_000): void {
    const samples = new Int16Array(durationMs * 24).fill(level)
    this.session.sendAudio(samples.buffer)
  }

  /** What stands in the history, as the program sees it. */
  get lines(): string[] {
    return this.session.history.flatMap((item) =>
      item.type === 'message'
        ? item.content.map(
            (part) =>
              `${item.role}: ${'transcript' in part ? part.transcript : 'text' in part ? part.text : ''}`,
          )
        : [`${item.type}: ${item.name} ${item.output}`],
    )
  }
}

let program: Program
beforeEach(async () => {
  model.answer({ deltas: ['One two three. ', 'Four five six seven.'] })
  transcriber.hear({ text: 'good morning to you all' })
  program = new Program()
  await program.connect()
})
afterEach(() => {
  program.session.close()
  expect(program.errors).toEqual([])
})

describe('a program on the agents SDK', () => {
  it('gets its own settings, and the rest of them', () => {
    expect(program.all('session.created')).toHaveLength(1)
    expect(program.all('session.updated').at(-1)).toMatchObject({
      session: {
        instructions: 'Be brief.',
        tools: [{ type: 'function', name: 'weather' }],
        audio: {
          input: {
            turn_detection: { type: 'semantic_vad' },
            transcription: { model: 'gpt-4o-mini-transcribe' },
          },
        },
      },
    })
  })

  it('types, and hears the answer', async () => {
    program.session.sendMessage('Hello')
    await program.told('response.done')
    await expect
      .poll(() => program.lines)
      .toEqual(['user: Hello', 'assistant: One two three. Four five six seven.'])
    // Seven words of 100 ms, 24 kHz, two bytes.
    expect(program.audioBytes).toBe(7 * 100 * 48)
  })

  it('speaks, is understood, and hears the answer', async () => {
    program.speak(1_000)
    program.speak(1_500, 0)
    await program.told('response.done')
    await expect
      .poll(() => program.lines)
      .toEqual(['user: good morning to you all', 'assistant: One two three. Four five six seven.'])
    expect(JSON.stringify(model.requests.at(-1)?.messages)).toContain('good morning to you all')
  })

  it('keeps the sound of what was said', async () => {
    program.speak(1_000)
    program.speak(1_500, 0)
    await program.told('conversation.item.retrieved')
    const { item } = z
      .object({ item: z.object({ content: z.array(z.object({ audio: z.string() })) }) })
      .parse(program.all('conversation.item.retrieved')[0])
    const sound = Buffer.from(item.content[0]?.audio ?? '', 'base64')
    expect(sound.length).toBeGreaterThan(1_000 * 48)
    expect(sound.readInt16LE(600 * 48)).toBe(8_000)
  })

  it('calls its functions, and tells the model what came of it', async () => {
    model.plan({
      deltas: [],
      toolCalls: [{ id: 'call_w', name: 'weather', argumentsJson: '{"city":"Ulm"}' }],
    })
    program.session.sendMessage('How is the weather?')
    await program.told('response.done', 2)
    expect(JSON.stringify(model.requests.at(-1)?.messages)).toContain('It is sunny in Ulm.')
    await expect.poll(() => program.lines).toContain('function_call: weather It is sunny in Ulm.')
  })

  it('interrupts by speaking: what was said ends, and is cut to what was heard', async () => {
    model.plan({ deltas: [LONG] })
    program.session.sendMessage('A story, please')
    await program.told('response.output_audio.delta')
    program.speak(400)
    await program.told('conversation.item.truncated')
    expect(program.interruptions).toBe(1)
    const story = (): string => program.lines.find((line) => line.startsWith('assistant')) ?? ''
    await expect.poll(() => story().length).toBeLessThan(60)
    program.speak(1_500, 0)
    await expect.poll(() => program.lines.at(-1)).toBe('assistant: One two three. Four five six seven.')
    const prompt = JSON.stringify(model.requests.at(-1)?.messages)
    expect(prompt).not.toContain('repair. Once')
  })

  it('interrupts by itself', async () => {
    model.plan({ deltas: ['One two three. '], ending: 'stall' })
    program.session.sendMessage('Count')
    await program.told('response.output_audio.delta')
    program.session.interrupt()
    expect(await program.told('response.done')).toMatchObject({
      response: { status: 'cancelled', status_details: { reason: 'client_cancelled' } },
    })
    await program.told('conversation.item.truncated')
  })

  it('commits by itself', async () => {
    program.session.transport.updateSessionConfig({ audio: { input: { turnDetection: null } } })
    await program.told('session.updated', 3)
    program.session.sendAudio(new Int16Array(24_000).fill(8_000).buffer, { commit: true })
    await program.told('conversation.item.input_audio_transcription.completed')
    expect(program.lines).toContain('user: good morning to you all')
  })

  it('changes its history', async () => {
    program.session.sendMessage('Hello')
    await program.told('response.done')
    await expect.poll(() => program.lines).toHaveLength(2)
    program.session.updateHistory((history) => history.slice(1))
    await program.told('conversation.item.deleted')
    await expect.poll(() => program.lines).toHaveLength(1)
  })

  it('is told what it costs', async () => {
    program.session.sendMessage('Hello')
    await program.told('response.done')
    expect(program.session.usage.totalTokens).toBeGreaterThan(0)
  })

  it('goes on when the model fails', async () => {
    const { AppError } = await import('../../../../backend/errors.ts')
    model.plan({ deltas: [], ending: new AppError('engine_unavailable', 'The model is away') })
    program.session.sendMessage('Hello')
    expect(await program.told('response.done')).toMatchObject({ response: { status: 'failed' } })
    program.session.sendMessage('Hello again')
    expect(await program.told('response.done', 2)).toMatchObject({ response: { status: 'completed' } })
  })

  it('speaks as telephones do', async () => {
    await program.session.transport.updateSessionConfig({
      audio: { input: { format: { type: 'audio/pcmu' } }, output: { format: { type: 'audio/pcmu' } } },
    })
    await program.told('session.updated', 3)
    program.session.sendMessage('Hello')
    await program.told('response.done')
    expect(program.audioBytes).toBe(7 * 100 * 8)
  })
})
