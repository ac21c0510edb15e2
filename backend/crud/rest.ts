import { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { type RequestType } from '#shared/protocol/requests.ts'
import { AppError, toAppError } from '../errors.ts'
import { type Crud } from './dispatch.ts'
import { RESOURCES, type Resource } from './resources.ts'
import { isRecord, queryRead } from './rest-query.ts'
import { expectedRevision, tellRevision } from './rest-revision.ts'

/**
 * The same resources as plain REST under `/api`: same handlers, same schemas, and every change is told to all
 * connections. Lists are arrays, `DELETE` answers with the key of what is gone, failures are `{ error, code, issues? }`
 * with the status of their code. Answers with one thing tell its revision as `ETag`; with `If-Match`, or `revision` in
 * the body, a change of something that was changed meanwhile is refused with 409, `stored` and `yours`.
 */
export function registerRest(app: FastifyInstance, crud: Crud): void {
  void app.register(
    (api, _options, done) => {
      acceptEmptyJson(api)
      api.setErrorHandler<FastifyError>(sendError)
      const answer = answerer(crud)
      for (const resource of RESOURCES) registerResource(api, answer, resource)
      registerMessageVerbs(api, answer)
      registerLibraryVerbs(api, answer)
      done()
    },
    { prefix: '/api' },
  )
}

/** What can be done with a message besides. */
const MESSAGE = '/conversations/:conversation_id/messages/:message_id'

type Answer = (type: RequestType, request: FastifyRequest, reply: FastifyReply) => Promise<unknown>

function answerer(crud: Crud): Answer {
  return async (type, request, reply) => {
    await checkMembership(crud, request)
    const { data } = await crud.run(type, dataOf(request))
    tellRevision(reply, data)
    return data
  }
}

function registerResource(api: FastifyInstance, answer: Answer, resource: Resource): void {
  const one = `${resource.path}/:${resource.key}`
  api.get(resource.path, (request, reply) => answer(resource.list, request, reply))
  api.post(resource.path, (request, reply) => answer(resource.create, request, reply.code(201)))
  api.get(one, (request, reply) => answer(resource.get, request, reply))
  api.patch(one, (request, reply) => answer(resource.update, request, reply))
  api.delete(one, (request, reply) => answer(resource.remove, request, reply))
}

function registerMessageVerbs(api: FastifyInstance, answer: Answer): void {
  api.get(`${MESSAGE}/alternatives`, (request, reply) => answer('get_alternatives', request, reply))
  api.get(`${MESSAGE}/place`, (request, reply) => answer('locate_message', request, reply))
  api.post(`${MESSAGE}/select`, (request, reply) => answer('select_alternative', request, reply))
  api.post(`${MESSAGE}/branch`, (request, reply) => answer('branch_conversation', request, reply.code(201)))
}

function registerLibraryVerbs(api: FastifyInstance, answer: Answer): void {
  api.get('/character-heads', (request, reply) => answer('get_character_heads', request, reply))
  api.patch('/characters', (request, reply) => answer('change_characters', request, reply))
  api.get('/tags', (request, reply) => answer('get_tags', request, reply))
  api.get('/search', (request, reply) => answer('search', request, reply))
  api.get('/trash', (request, reply) => answer('get_trash', request, reply))
  api.post('/trash/:trash_id/restore', (request, reply) => answer('restore_from_trash', request, reply))
  api.delete('/trash/:trash_id', (request, reply) => answer('delete_from_trash', request, reply))
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
function dataOf(request: FastifyRequest): unknown {
  const { body, query, params, method } = request
  const given = method === 'GET' ? queryRead(query) : (body ?? {})
  if (!isRecord(given) || !isRecord(params)) return given
  return { ...given, ...expectedRevision(request), ...params }
}

/** Many clients name a content type with every request; an empty body is no fault of theirs. */
function acceptEmptyJson(api: FastifyInstance): void {
  const parse = api.getDefaultJsonParser('error', 'error')
  api.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body.trim() === '') done(null, undefined)
    else void parse(request, body, done)
  })
}

function sendError(thrown: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  const { statusCode } = thrown
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    // Fastify's own: not JSON, too large, no such content type.
    void reply.code(statusCode).send({ error: thrown.message, code: 'bad_message' })
    return
  }
  const { code, message, issues, stored, httpStatus } = toAppError(thrown)
  const both = stored === undefined ? {} : { stored, yours: request.body }
  void reply.code(httpStatus).send({ error: message, code, issues, ...both })
}
