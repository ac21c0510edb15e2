import { createFliteSynthesizer } from '../../backend/engines/tts/flite/flite.ts'
import { createOpenAiSynthesizer, type OpenAiSynthesizerOptions } from '../../backend/engines/tts/openai.ts'
import { AppError } from '../../backend/errors.ts'
import { systemClock } from '../../backend/lib/clock.ts'
import { bytesOf } from '../../backend/lib/pcm.ts'
import { FakeSynthesizer, type FakeSynthesizerOptions } from '../fakes/fake-synthesizer.ts'
import {
  answers,
  breaksOffAfter,
  neverAnswers,
  speaks,
  stallsAfter,
  startFakeSpeechServer,
  type SpeechScript,
} from '../support/fake-speech-server.ts'
import { describeSynthesizer, type SynthesizerHarness } from './synthesizer.ts'

describeSynthesizer({
  name: 'the fake',
  open: () => openFake({ realTimeFactor: 0.2 }),
  faults: [
    {
      name: 'a planned failure',
      code: 'engine_failed',
      open: () => openFake({ failOn: () => new AppError('engine_failed', 'It fails') }),
    },
  ],
})

describeSynthesizer({
  name: 'openai',
  open: () => openOpenAi(speaks(oddParts, 10)),
  faults: [
    fault('a wrong key', 'engine_rejected', answers(401, '{"error":{"message":"no"}}')),
    fault('a forbidden model', 'engine_rejected', answers(403, '{}')),
    fault('an unknown model', 'engine_rejected', answers(404, '{"error":{"message":"no such model"}}')),
    fault('a bad request', 'engine_rejected', answers(400, '{"error":"bad voice"}')),
    fault('a busy server', 'engine_rate_limited', answers(429, '{}')),
    fault('a server error', 'engine_failed', answers(500, '<html>oops</html>', 'text/html')),
    fault('a page instead of sound', 'engine_failed', answers(200, '<html>hello</html>', 'text/html')),
    fault('JSON instead of sound', 'engine_failed', answers(200, '{"error":"x"}')),
    fault('MP3 instead of PCM', 'engine_failed', answers(200, 'ID3', 'audio/mpeg')),
    fault('an empty answer', 'engine_failed', answers(200, '', 'audio/pcm')),
    fault('an answer broken off', 'engine_failed', breaksOffAfter(new Uint8Array(4_801))),
    fault('no answer', 'engine_timeout', neverAnswers),
    fault('no sound behind the headers', 'engine_timeout', stallsAfter()),
    fault('a stall in the middle', 'engine_timeout', stallsAfter(new Uint8Array(4_801))),
    { name: 'a refused connection', code: 'engine_unavailable', open: openRefused },
  ],
})

describeSynthesizer({ name: 'flite', open: openFlite, faults: [] })

function fault(name: string, code: AppError['code'], script: SpeechScript) {
  const deadlines = code === 'engine_timeout' ? { firstByteTimeoutMs: 100, stallTimeoutMs: 100 } : {}
  return { name, code, open: () => openOpenAi(script, deadlines) }
}

async function openFake(options: Omit<FakeSynthesizerOptions, 'clock'>): Promise<SynthesizerHarness> {
  const synthesizer = new FakeSynthesizer({ clock: systemClock, ttfbMs: 5, ...options })
  return {
    synthesizer,
    openCalls: () => synthesizer.openCalls,
    [Symbol.asyncDispose]: () => synthesizer[Symbol.asyncDispose](),
  }
}

async function openOpenAi(
  script: SpeechScript,
  options: Partial<OpenAiSynthesizerOptions> = {},
): Promise<SynthesizerHarness> {
  const server = await startFakeSpeechServer(script)
  const synthesizer = createOpenAiSynthesizer({ baseUrl: server.baseUrl, model: 'tts-1', ...options })
  return {
    synthesizer,
    openCalls: () => server.openCalls(),
    async [Symbol.asyncDispose]() {
      await synthesizer[Symbol.asyncDispose]()
      await server[Symbol.asyncDispose]()
    },
  }
}

async function openRefused(): Promise<SynthesizerHarness> {
  const server = await startFakeSpeechServer(neverAnswers)
  await server[Symbol.asyncDispose]()
  const synthesizer = createOpenAiSynthesizer({ baseUrl: server.baseUrl, model: 'tts-1' })
  return {
    synthesizer,
    openCalls: () => server.openCalls(),
    [Symbol.asyncDispose]: () => synthesizer[Symbol.asyncDispose](),
  }
}

async function openFlite(): Promise<SynthesizerHarness> {
  const synthesizer = createFliteSynthesizer({ workers: 2 })
  return {
    synthesizer,
    // Its calls are jobs of threads in this process; the disposal test sees whether those end.
    openCalls: () => 0,
    [Symbol.asyncDispose]: () => synthesizer[Symbol.asyncDispose](),
  }
}

/** 100 samples for each letter, in parts of 4 801 bytes, so that samples are cut in halves. */
function oddParts(input: string): Uint8Array[] {
  const letters = Math.min(input.length, 500)
  const bytes = bytesOf(new Int16Array(letters * 100).fill(1_000))
  const parts: Uint8Array[] = []
  for (let at = 0; at < bytes.length; at += 4_801) parts.push(bytes.subarray(at, at + 4_801))
  return parts
}
