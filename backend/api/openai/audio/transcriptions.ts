import { type FastifyInstance, type FastifyReply } from 'fastify'
import { z } from 'zod'
import { untilGone } from '../../client-gone.ts'
import { type DoorDeps } from '../../core/door-deps.ts'
import { sendEvents } from '../../event-stream.ts'
import { failedFrame } from '../chat/chat-route.ts'
import { BadRequest } from '../errors.ts'
import { readBody } from '../read-body.ts'
import { heard, type Recording } from './hear.ts'
import { transcriptFrames } from './transcript-frames.ts'
import { jsonOf, srtOf, TRANSCRIPT_FORMATS, type Transcript, verboseOf, vttOf } from './transcript-formats.ts'
import { readForm, type UploadForm } from './upload-form.ts'

const Line = z.string().max(10_000).optional()
/** The fields of both forms, as text. */
const Fields = z.object({
  model: z.string().max(500).optional(),
  language: z.string().max(35).optional(),
  prompt: Line,
  response_format: z.enum(TRANSCRIPT_FORMATS).default('json'),
  temperature: z.coerce.number().min(0).max(1).optional(),
  stream: z.stringbool().default(false),
})
const Granularities = z.array(z.enum(['word', 'segment']))

/** `POST /audio/transcriptions`, and `/audio/translations` into English. */
export function registerTranscriptions(app: FastifyInstance, deps: DoorDeps): void {
  const answer =
    (task: Transcript['task']) =>
    async (request: Parameters<typeof readForm>[0], reply: FastifyReply): Promise<unknown> => {
      const form = await readForm(request)
      const fields = readBody(
        Fields,
        Object.fromEntries([...form.fields].map(([key, [value]]) => [key, value])),
      )
      const { language, prompt, response_format: format } = fields
      const recording: Recording = { ...fileOf(form), task, language, prompt, hasTimes: hasTimes(format) }
      const gone = untilGone(reply)
      if (fields.stream) {
        const frames = transcriptFrames(deps, recording, gone)
        return sendEvents(reply, { clock: deps.clock, frames, failed: failedFrame })
      }
      const transcript = await heard(deps, recording, gone)
      return sendTranscript(reply, { transcript, format, granularities: granularitiesOf(form) })
    }
  app.post('/audio/transcriptions', answer('transcribe'))
  app.post('/audio/translations', answer('translate'))
}

type Format = (typeof TRANSCRIPT_FORMATS)[number]
type Granularity = 'word' | 'segment'

function hasTimes(format: Format): boolean {
  return format !== 'json' && format !== 'text'
}

function fileOf({ file }: UploadForm): { bytes: Buffer<ArrayBuffer>; name: string } {
  if (!file)
    throw new BadRequest('There is no file in the form: put the recording into "file"', { param: 'file' })
  if (file.bytes.length === 0) throw new BadRequest('The recording is empty', { param: 'file' })
  return file
}

function granularitiesOf({ fields }: UploadForm): readonly Granularity[] {
  const param = 'timestamp_granularities'
  const parsed = Granularities.safeParse(fields.get(param) ?? ['segment'])
  if (parsed.success) return parsed.data
  throw new BadRequest(`"${param}": expected word or segment`, { param })
}

function sendTranscript(
  reply: FastifyReply,
  {
    transcript,
    format,
    granularities,
  }: { transcript: Transcript; format: Format; granularities: readonly Granularity[] },
): unknown {
  const asText = (text: string): FastifyReply => reply.type('text/plain; charset=utf-8').send(text)
  switch (format) {
    case 'json':
      return jsonOf(transcript)
    case 'verbose_json':
      return verboseOf(transcript, {
        hasWords: granularities.includes('word'),
        hasSegments: granularities.includes('segment'),
      })
    case 'text':
      return asText(`${transcript.text}\n`)
    case 'srt':
      return asText(srtOf(transcript))
    default:
      return asText(vttOf(transcript))
  }
}
