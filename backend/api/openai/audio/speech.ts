import { Readable } from 'node:stream'
import { type FastifyInstance, type FastifyReply } from 'fastify'
import { z } from 'zod'
import { untilGone } from '../../client-gone.ts'
import { type DoorDeps } from '../../core/door-deps.ts'
import { estimatedTokenCount } from '../../core/meter.ts'
import { dataFrame, sendEvents } from '../../event-stream.ts'
import { failedFrame } from '../chat/chat-route.ts'
import { BadRequest } from '../errors.ts'
import { readBody } from '../read-body.ts'
import { pcmEncoder, type SoundEncoder, wavEncoder } from './sound-encoder.ts'
import { speechBytes } from './speech-sound.ts'
import { speechVoice } from './speech-voice.ts'

/** Far more than OpenAI takes: here nobody pays by the letter. */
const MAX_CHARACTERS = 100_000
/** As OpenAI counts sound it makes. */
const TOKENS_PER_SECOND = 20
/** This many bytes make whole characters of base64. */
const BASE64_GROUP = 3

const FORMATS = ['mp3', 'opus', 'aac', 'flac', 'wav', 'pcm'] as const

/** `POST /audio/speech` */
const SpeechBody = z.object({
  model: z.string().max(500).nullish(),
  input: z
    .string({ error: 'say what is to be spoken' })
    .min(1, 'say what is to be spoken')
    .max(MAX_CHARACTERS),
  voice: z.union([z.string().max(500), z.object({ id: z.string().max(500) })]).nullish(),
  instructions: z.string().max(2_000).nullish(),
  response_format: z.enum(FORMATS).nullish(),
  speed: z.number().min(0.25).max(4).nullish(),
  stream_format: z.enum(['audio', 'sse']).nullish(),
})

/** A text in a voice: a file that is sent while it is made, or events. */
export function registerSpeech(app: FastifyInstance, deps: DoorDeps): void {
  app.post('/audio/speech', async (request, reply) => {
    const body = readBody(SpeechBody, request.body)
    const encoder = await encoderFor(body.response_format ?? 'mp3')
    const { voice: named } = body
    const gone = untilGone(reply)
    const wish = {
      voice: (typeof named === 'string' ? named : named?.id) ?? undefined,
      speed: body.speed ?? 1,
      instructions: body.instructions ?? undefined,
    }
    const voice = await speechVoice(deps, wish, gone)
    const speech = { text: body.input, voice, encoder }
    if (body.stream_format !== 'sse') return sendSound(reply, encoder, speechBytes(deps, speech, gone))
    const frames = soundFrames(body.input, (onEnd) => speechBytes(deps, { ...speech, onEnd }, gone))
    return sendEvents(reply, { clock: deps.clock, frames, failed: failedFrame })
  })
}

/** Codecs are loaded when somebody wants them. */
async function encoderFor(format: (typeof FORMATS)[number]): Promise<SoundEncoder> {
  switch (format) {
    case 'pcm':
      return pcmEncoder()
    case 'wav':
      return wavEncoder()
    case 'opus':
      return (await import('./opus-encoder.ts')).opusEncoder()
    case 'mp3':
      return (await import('./mp3-encoder.ts')).mp3Encoder()
    default:
      throw new BadRequest(`There is no encoder for "${format}" here: take mp3, opus, wav or pcm`, {
        param: 'response_format',
        code: 'unsupported_format',
      })
  }
}

/** Headers go with the first sound: until then a failure has a status of its own. */
async function sendSound(
  reply: FastifyReply,
  { contentType }: SoundEncoder,
  bytes: AsyncGenerator<Uint8Array>,
): Promise<FastifyReply> {
  const first = await bytes.next()
  async function* all(): AsyncGenerator<Uint8Array> {
    if (first.done !== true) yield first.value
    yield* bytes
  }
  return reply.type(contentType).header('cache-control', 'no-store').send(Readable.from(all()))
}

async function* soundFrames(
  text: string,
  open: (onEnd: (seconds: number) => void) => AsyncIterable<Uint8Array>,
): AsyncGenerator<string> {
  let seconds = 0
  let rest = Buffer.alloc(0)
  for await (const bytes of open((length) => (seconds = length))) {
    const all = Buffer.concat([rest, bytes])
    const whole = all.length - (all.length % BASE64_GROUP)
    rest = all.subarray(whole)
    if (whole > 0) yield delta(all.subarray(0, whole))
  }
  if (rest.length > 0) yield delta(rest)
  const input_tokens = estimatedTokenCount(text)
  const output_tokens = Math.ceil(seconds * TOKENS_PER_SECOND)
  const usage = { input_tokens, output_tokens, total_tokens: input_tokens + output_tokens }
  yield dataFrame({ type: 'speech.audio.done', usage })
}

function delta(bytes: Buffer): string {
  return dataFrame({ type: 'speech.audio.delta', audio: bytes.toString('base64') })
}
