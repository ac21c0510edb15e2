import { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { type RequestType } from '#shared/protocol/requests.ts'
import { AppError, toAppError } from '../errors.ts'
import { type Crud } from './dispatch.ts'

/**
 * The same resources as plain REST under `/api`: same handlers, same schemas, and every change is told to all
 * connections. Lists are arrays, `DELETE` answers with the key of what is gone, failures are `{ error, code, issues? }`
 * with the status of their code.
 */
export function registerRest(app: FastifyInstance, crud: Crud): void {
  void app.register(
    (api, _options, done) => {
      acceptEmptyJson(api)
      api.setErrorHandler<FastifyError>(sendError)
      const answer = answerer(crud)
      for (const resource of RESOURCES) registerResource(api, answer, resource)
      registerMessageVerbs(api, answer)
      done()
    },
    { prefix: '/api' },
  )
}

/** A resource and its requests. What the path names has the names of the fields, so that it needs no mapping. */
interface Resource {
  readonly path: string
  readonly key: string
  readonly list: RequestType
  readonly create: RequestType
  readonly get: RequestType
  readonly update: RequestType
  readonly remove: RequestType
}

const RESOURCES: readonly Resource[] = [
  {
    path: '/characters',
    key: 'id',
    list: 'get_characters',
    create: 'create_character',
    get: 'get_character',
    update: 'update_character',
    remove: 'delete_character',
  },
  {
    path: '/voices',
    key: 'voice_id',
    list: 'get_voices',
    create: 'create_voice',
    get: 'get_voice',
    update: 'update_voice',
    remove: 'delete_voice',
  },
  {
    path: '/conversations',
    key: 'conversation_id',
    list: 'get_conversations',
    create: 'create_conversation',
    get: 'get_conversation',
    update: 'update_conversation',
    remove: 'delete_conversation',
  },
  {
    path: '/conversations/:conversation_id/messages',
    key: 'message_id',
    list: 'get_messages',
    create: 'create_message',
    get: 'get_message',
    update: 'update_message',
    remove: 'delete_message',
  },
  {
    path: '/personas',
    key: 'persona_id',
    list: 'get_personas',
    create: 'create_persona',
    get: 'get_persona',
    update: 'update_persona',
    remove: 'delete_persona',
  },
  {
    path: '/lorebooks',
    key: 'lorebook_id',
    list: 'get_lorebooks',
    create: 'create_lorebook',
    get: 'get_lorebook',
    update: 'update_lorebook',
    remove: 'delete_lorebook',
  },
  {
    path: '/characters/:character_id/notes',
    key: 'note_id',
    list: 'get_notes',
    create: 'create_note',
    get: 'get_note',
    update: 'update_note',
    remove: 'delete_note',
  },
]

/** What can be done with a message besides. */
const MESSAGE = '/conversations/:conversation_id/messages/:message_id'

type Answer = (type: RequestType, request: FastifyRequest) => Promise<unknown>

function answerer(crud: Crud): Answer {
  return async (type, request) => {
    await checkMembership(crud, request)
    const { data } = await crud.run(type, dataOf(request))
    return data
  }
}

function registerResource(api: FastifyInstance, answer: Answer, resource: Resource): void {
  const one = `${resource.path}/:${resource.key}`
  api.get(resource.path, (request) => answer(resource.list, request))
  api.post(resource.path, async (request, reply) => {
    reply.code(201)
    return answer(resource.create, request)
  })
  api.get(one, (request) => answer(resource.get, request))
  api.patch(one, (request) => answer(resource.update, request))
  api.delete(one, (request) => answer(resource.remove, request))
}

function registerMessageVerbs(api: FastifyInstance, answer: Answer): void {
  api.get(`${MESSAGE}/alternatives`, (request) => answer('get_alternatives', request))
  api.post(`${MESSAGE}/select`, (request) => answer('select_alternative', request))
  api.post(`${MESSAGE}/branch`, async (request, reply) => {
    reply.code(201)
    return answer('branch_conversation', request)
  })
}

/** A message is only found in its own conversation, a note only with its own character. */
async function checkMembership(crud: Crud, { params }: FastifyRequest): Promise<void> {
  if (!isRecord(params)) return
  if (params['message_id'] !== undefined) {
    const { data } = await crud.run('get_message', params)
    if (!('content' in data) || data.conversation_id === params['conversation_id']) return
    throw new AppError('not_found', `Cannot find the message "${data.message_id}" in this conversation`)
  }
  if (params['note_id'] !== undefined) {
    const { data } = await crud.run('get_note', params)
    if (!('note_id' in data) || !('text' in data) || data.character_id === params['character_id']) return
    throw new AppError('not_found', `Cannot find the note "${data.note_id}" of this character`)
  }
}

/** One object of fields, as over the socket; what the path names wins. A body that is no object is left to the schema. */
function dataOf({ body, query, params, method }: FastifyRequest): unknown {
  const given = method === 'GET' ? numbersRead(query) : (body ?? {})
  return isRecord(given) && isRecord(params) ? { ...given, ...params } : given
}

/** Query strings hold text only; the counts among them become numbers, anything odd is left to the schema. */
function numbersRead(query: unknown): unknown {
  if (!isRecord(query)) return query
  const entries = Object.entries(query).map(([name, value]) => {
    const isCount =
      (name === 'limit' || name === 'offset') && typeof value === 'string' && /^\d+$/.test(value)
    return [name, isCount ? Number(value) : value]
  })
  return Object.fromEntries(entries)
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Many clients name a content type with every request; an empty body is no fault of theirs. */
function acceptEmptyJson(api: FastifyInstance): void {
  const parse = api.getDefaultJsonParser('error', 'error')
  api.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body.trim() === '') done(null, undefined)
    else void parse(request, body, done)
  })
}

function sendError(thrown: FastifyError, _request: FastifyRequest, reply: FastifyReply): void {
  const { statusCode } = thrown
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    // Fastify's own: not JSON, too large, no such content type.
    void reply.code(statusCode).send({ error: thrown.message, code: 'bad_message' })
    return
  }
  const { code, message, issues, httpStatus } = toAppError(thrown)
  void reply.code(httpStatus).send({ error: message, code, issues })
}
