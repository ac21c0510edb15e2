import { Readable } from 'node:stream'
import { type FastifyInstance, type FastifyReply } from 'fastify'
import { type z } from 'zod'
import { type Voice } from '#shared/entities.ts'
import { TranscribeRequest, type VoiceEngine, VoicePreview } from '#shared/protocol/voices.ts'
import { type Synthesizer, type Transcriber } from '../engines/contracts.ts'
import { AppError, toAppError } from '../errors.ts'
import { type Clock } from '../lib/clock.ts'
import { withDeadline } from '../lib/deadline.ts'
import { bytesOf } from '../lib/pcm.ts'
import { TokenBucket } from '../lib/token-bucket.ts'
import { decodeWav, streamedWavHeader, type Wav } from '../lib/wav.ts'
import { sayAloud } from '../pipeline/say-aloud.ts'
import { transcribeRecording } from '../pipeline/transcribe-recording.ts'
import { type Store } from '../store/contract.ts'
import { untilGone } from './client-gone.ts'

export interface VoiceRoutes {
  readonly clock: Clock
  readonly store: Pick<Store, 'voices'>
  readonly synthesizer: Synthesizer
  readonly transcriber: Transcriber
  readonly readMedia: (address: string) => Promise<Uint8Array>
  readonly firstAudioTimeoutMs: number
}

const LIST_TIMEOUT_MS = 10_000
const TRANSCRIPTION_TIMEOUT_MS = 60_000
/** A voice costs work: nobody listens to more than this. */
const PREVIEWS = { perSecond: 2, burst: 12 }
const TRANSCRIPTIONS = { perSecond: 0.2, burst: 6 }
/** Of a draft, while it is heard. */
const DRAFT_ID = 'preview'

/**
 * `GET /api/voices/engines`: engines with their voices; `POST /api/voices/preview`: a text in a voice, as WAV while it
 * is made, with the time to its first sound as `server-timing`; `POST /api/voices/transcribe`: what a recording says.
 */
export function registerVoices(app: FastifyInstance, routes: VoiceRoutes): void {
  const previews = new TokenBucket(routes.clock, PREVIEWS)
  const transcriptions = new TokenBucket(routes.clock, TRANSCRIPTIONS)
  app.get('/api/voices/engines', async () => [await describedEngine(routes.synthesizer)])
  app.post('/api/voices/preview', async ({ body }, reply) => {
    const asked = parsed(VoicePreview, body)
    checkRate(previews)
    await sendPreview(routes, asked, reply)
    return reply
  })
  app.post('/api/voices/transcribe', async ({ body }, reply) => {
    const { audio } = parsed(TranscribeRequest, body)
    checkRate(transcriptions)
    const recording = readWav(await routes.readMedia(audio))
    const signal = AbortSignal.any([untilGone(reply), AbortSignal.timeout(TRANSCRIPTION_TIMEOUT_MS)])
    return { text: (await transcribeRecording(routes.transcriber, recording, signal)).trim() }
  })
}

async function describedEngine(synthesizer: Synthesizer): Promise<VoiceEngine> {
  const { name, canClone, honours } = synthesizer
  let problem: string | null = null
  await synthesizer.listVoices(AbortSignal.timeout(LIST_TIMEOUT_MS)).catch((thrown: unknown) => {
    problem = toAppError(thrown).message
  })
  const voices = synthesizer.voices.map((voice) => ({ ...voice }))
  return { engine: name, can_clone: canClone, honours: [...honours], voices, problem }
}

/** Headers go with the first sound, so that they can tell how long it took; until then a failure is told in words. */
async function sendPreview(routes: VoiceRoutes, asked: VoicePreview, reply: FastifyReply): Promise<void> {
  const { clock, synthesizer } = routes
  const askedAtMs = clock.nowMs()
  const sound = await previewOf(routes, asked, untilGone(reply))
  const first = await sound.next()
  if (first.done === true) {
    throw new AppError('invalid', 'There is nothing to pronounce in this text; write a few words')
  }
  const tookMs = Math.round(clock.nowMs() - askedAtMs)
  reply
    .header('server-timing', `first-audio;dur=${tookMs}`)
    .header('cache-control', 'no-store')
    .type('audio/wav')
  const header = streamedWavHeader(synthesizer.sampleRate)
  await reply.send(Readable.from(wavParts({ header, first: first.value, sound })))
}

async function previewOf(
  { clock, store, synthesizer, firstAudioTimeoutMs }: VoiceRoutes,
  { text, voice, voice_id, character_id, speaking }: VoicePreview,
  signal: AbortSignal,
): Promise<AsyncGenerator<Int16Array>> {
  const stored = await store.voices.list()
  const draft: Voice[] = voice
    ? [{ ...voice, voice_id: DRAFT_ID, voice_name: 'Draft', revision: 1, created_at: '', updated_at: '' }]
    : []
  const speaker = { id: character_id ?? DRAFT_ID, voice_id: voice ? DRAFT_ID : (voice_id ?? null) }
  const said = { text, speaker, speaking, voices: [...stored, ...draft] }
  return withDeadline((stop) => sayAloud(synthesizer, said, stop), {
    clock,
    signal,
    firstMs: firstAudioTimeoutMs,
    nextMs: firstAudioTimeoutMs,
    onLate: () =>
      new AppError(
        'engine_timeout',
        `The voice engine "${synthesizer.name}" did not answer in time; try again`,
      ),
  })
}

interface WavParts {
  readonly header: Uint8Array
  readonly first: Int16Array
  readonly sound: AsyncGenerator<Int16Array>
}

async function* wavParts({ header, first, sound }: WavParts): AsyncGenerator<Uint8Array> {
  yield header
  yield bytesOf(first)
  for await (const pcm of sound) yield bytesOf(pcm)
}

function readWav(bytes: Uint8Array): Wav {
  try {
    return decodeWav(bytes)
  } catch (error) {
    throw new AppError('invalid', 'Only WAV recordings in mono can be transcribed', { cause: error })
  }
}

function checkRate(bucket: TokenBucket): void {
  if (!bucket.take(1)) throw new AppError('rate_limited', 'That was too much at once; wait a moment')
}

function parsed<Schema extends z.ZodType>(schema: Schema, body: unknown): z.output<Schema> {
  const read = schema.safeParse(body)
  if (read.success) return read.data
  const { issues } = read.error
  const sentences = issues.map(({ path, message }) => `${path.join('.') || 'The message'}: ${message}`)
  throw new AppError('invalid', `This cannot be said: ${sentences.join('; ')}`, { issues })
}
