import { createOpenAiTranscriber, type OpenAiTranscriberOptions } from '../../backend/engines/stt/openai.ts'
import { createPocketsphinxTranscriber } from '../../backend/engines/stt/pocketsphinx/pocketsphinx-transcriber.ts'
import { AppError } from '../../backend/errors.ts'
import { systemClock } from '../../backend/lib/clock.ts'
import { FakeTranscriber, type FakeTranscript } from '../fakes/fake-transcriber.ts'
import {
  answersWith,
  breaksOffInTheMiddle,
  hears,
  saysNothing,
  stallsInTheMiddle,
  startFakeTranscriptionServer,
  type TranscriptionScript,
} from '../support/fake-transcription-server.ts'
import { recognizerChildren } from '../support/recognizer-children.ts'
import { describeTranscriber, type TranscriberHarness } from './transcriber.ts'

describeTranscriber({
  name: 'the fake',
  open: () => openFake({ text: 'good morning to you all', finalMs: 20 }),
  faults: [
    {
      name: 'a planned failure',
      code: 'engine_failed',
      open: () => openFake({ text: 'good', ending: new AppError('engine_failed', 'It fails') }),
    },
  ],
})

describeTranscriber({
  name: 'openai',
  open: () => openOpenAi(hears(({ samples }) => `I heard ${samples.length} samples`, 10)),
  faults: [
    fault('a wrong key', 'engine_rejected', answersWith(401, '{"error":{"message":"no"}}')),
    fault('an unknown model', 'engine_rejected', answersWith(404, '{"error":{"message":"no such model"}}')),
    fault('a bad request', 'engine_rejected', answersWith(400, '{"error":"bad file"}')),
    fault('a busy server', 'engine_rate_limited', answersWith(429, '{}')),
    fault('a server error', 'engine_failed', answersWith(500, '<html>oops</html>', 'text/html')),
    fault('a page instead of a transcript', 'engine_failed', answersWith(200, '<html>', 'text/html')),
    fault('JSON that is none', 'engine_failed', answersWith(200, '{"text": "he')),
    fault('another object', 'engine_failed', answersWith(200, '{"words": []}')),
    fault('a text that is none', 'engine_failed', answersWith(200, '{"text": null}')),
    fault('an answer without end', 'engine_failed', answersWith(200, `{"text": "${'a'.repeat(2_000_000)}"}`)),
    fault('an answer broken off', 'engine_failed', breaksOffInTheMiddle),
    fault('no answer', 'engine_timeout', saysNothing),
    fault('a stall in the middle', 'engine_timeout', stallsInTheMiddle),
    { name: 'a refused connection', code: 'engine_unavailable', open: openRefused },
  ],
})

describeTranscriber({
  name: 'pocketsphinx',
  open: () => openPocketsphinx(),
  faults: [{ name: 'a missing installation', code: 'engine_unavailable', open: openMissing }],
})

/** Only what is meant to be late has a short deadline: on a busy machine any answer may take a while. */
function fault(name: string, code: AppError['code'], script: TranscriptionScript) {
  const deadlines = code === 'engine_timeout' ? { timeoutMs: 200 } : {}
  return { name, code, open: () => openOpenAi(script, deadlines) }
}

function openFake(transcript: FakeTranscript): Promise<TranscriberHarness> {
  const transcriber = new FakeTranscriber({ clock: systemClock }, transcript)
  return Promise.resolve({
    transcriber,
    openCalls: () => transcriber.openCalls,
    livingChildren: () => 0,
    [Symbol.asyncDispose]: () => transcriber[Symbol.asyncDispose](),
  })
}

async function openOpenAi(
  script: TranscriptionScript,
  options: Partial<OpenAiTranscriberOptions> = {},
): Promise<TranscriberHarness> {
  const server = await startFakeTranscriptionServer(script)
  const transcriber = createOpenAiTranscriber({
    baseUrl: server.baseUrl,
    model: 'whisper-1',
    timeoutMs: 10_000,
    clock: systemClock,
    partialsEveryMs: 500,
    ...options,
  })
  return {
    transcriber,
    openCalls: () => server.openCalls(),
    livingChildren: () => 0,
    async [Symbol.asyncDispose]() {
      await transcriber[Symbol.asyncDispose]()
      await server[Symbol.asyncDispose]()
    },
  }
}

async function openRefused(): Promise<TranscriberHarness> {
  const closed = await startFakeTranscriptionServer(saysNothing)
  await closed[Symbol.asyncDispose]()
  return openOpenAi(saysNothing, { baseUrl: closed.baseUrl })
}

function openPocketsphinx(root?: string): Promise<TranscriberHarness> {
  const before = new Set(recognizerChildren())
  const transcriber = createPocketsphinxTranscriber({ clock: systemClock, ...(root ? { root } : {}) })
  return Promise.resolve({
    transcriber,
    openCalls: () => 0,
    livingChildren: () => recognizerChildren().filter((pid) => !before.has(pid)).length,
    [Symbol.asyncDispose]: () => transcriber[Symbol.asyncDispose](),
  })
}

function openMissing(): Promise<TranscriberHarness> {
  return openPocketsphinx('/nowhere')
}
