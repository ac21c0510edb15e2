import { type FastifyInstance } from 'fastify'
import { untilGone } from '../../client-gone.ts'
import { type GenerateEvent } from '../../core/contract.ts'
import { type DoorDeps } from '../../core/door-deps.ts'
import { sendEvents } from '../../event-stream.ts'
import { BadRequest } from '../errors.ts'
import { newId, unixSeconds } from '../ids.ts'
import { readBody } from '../read-body.ts'
import { KeptResponses } from './kept-responses.ts'
import { ResponseBody } from './response-body.ts'
import { type ResponseEvent } from './response-items.ts'
import { responseRequest } from './response-request.ts'
import { ResponseWriter } from './response-writer.ts'

/** `POST /responses`; what was made lately can be gone on from, looked at and deleted by its id. */
export function registerResponses(app: FastifyInstance, deps: DoorDeps): void {
  const { clock, generate } = deps
  const kept = new KeptResponses()
  app.post('/responses', async (request, reply) => {
    const body = readBody(ResponseBody, request.body)
    const { request: asked, history } = responseRequest(body, kept)
    const id = newId('resp_')
    const writer = new ResponseWriter({ id, createdAt: unixSeconds(clock.date()), body })
    const now = (): number => unixSeconds(clock.date())
    const events = written(writer, generate(asked, untilGone(reply)), now)
    const keep = (): void => {
      if (body.store === false) return
      const items = writer.said
      kept.keep(id, { response: writer.response, history: [...history, ...items.values()], items })
    }
    if (body.stream !== true) {
      for await (const _events of events);
      keep()
      return writer.response
    }
    const frames = eventFrames(events, keep)
    return sendEvents(reply, {
      clock,
      frames: frames.all(),
      failed: (thrown) => frames.framesOf(writer.fail(thrown)),
    })
  })
  registerKept(app, kept)
}

function registerKept(app: FastifyInstance, kept: KeptResponses): void {
  app.get<{ Params: { id: string } }>('/responses/:id', async ({ params }) => {
    const found = kept.find(params.id)
    if (!found) throw unknownResponse(params.id)
    return found.response
  })
  app.delete<{ Params: { id: string } }>('/responses/:id', async ({ params: { id } }) => {
    if (!kept.delete(id)) throw unknownResponse(id)
    return { id, object: 'response', deleted: true }
  })
}

function unknownResponse(id: string): BadRequest {
  return new BadRequest(`There is no response "${id.slice(0, 200)}" any more`, {
    status: 404,
    param: 'response_id',
  })
}

/**
 * What each event is to be told as. It begins with the first word, or what goes wrong before it: until then a failure
 * has a status of its own.
 */
async function* written(
  writer: ResponseWriter,
  events: AsyncIterable<GenerateEvent>,
  now: () => number,
): AsyncGenerator<readonly ResponseEvent[]> {
  let hasBegun = false
  for await (const event of events) {
    if (event.type === 'load') continue
    const opening = hasBegun ? [] : writer.begin()
    hasBegun = true
    yield [...opening, ...writer.take(event, now())]
  }
}

/** Events as frames, counted from 0. */
function eventFrames(told: AsyncIterable<readonly ResponseEvent[]>, onEnd: () => void) {
  let sequence = 0
  const frame = (event: ResponseEvent): string => {
    const data = JSON.stringify({ ...event, sequence_number: sequence })
    sequence += 1
    return `event: ${event.type}\ndata: ${data}\n\n`
  }
  const framesOf = (events: Iterable<ResponseEvent>): string => [...events].map(frame).join('')
  return {
    async *all(): AsyncGenerator<string> {
      for await (const events of told) yield framesOf(events)
      onEnd()
    },
    framesOf,
  }
}
