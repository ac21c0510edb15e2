import fastify, { type FastifyInstance, type InjectOptions } from 'fastify'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { Character, Conversation, Message, Persona, Voice } from '#shared/entities.ts'
import { AppError } from '../../../backend/errors.ts'
import { registerRest } from '../../../backend/crud/rest.ts'
import { type Store } from '../../../backend/store/contract.ts'
import { aConversation } from '../store/support.ts'
import { openTestCrud } from './support.ts'

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE' | 'PUT'

const Failure = z.object({ error: z.string(), code: z.string(), issues: z.array(z.unknown()).optional() })

async function openRest(replaced?: (store: Store) => Partial<Store>) {
  const test = await openTestCrud(replaced)
  const app: FastifyInstance = fastify()
  registerRest(app, test.crud)
  const send = async (method: Method, url: string, more: Partial<InjectOptions> = {}) => {
    const response = await app.inject({ method, url: `/api${url}`, ...more })
    return { status: response.statusCode, body: response.json<unknown>() }
  }
  return {
    ...test,
    send,
    async [Symbol.asyncDispose]() {
      await app.close()
      await test[Symbol.asyncDispose]()
    },
  }
}

describe('REST', () => {
  it.each([
    ['/characters', { name: 'Nora' }, { name: 'Vera' }, Character, 'id'],
    ['/voices', { voice_name: 'Alto' }, { voice_name: 'Bass' }, Voice, 'voice_id'],
    ['/conversations', { title: 'Tea' }, { title: 'Dinner' }, Conversation, 'conversation_id'],
    ['/personas', { name: 'Kim' }, { description: 'A sailor' }, Persona, 'persona_id'],
    ['/conversations/c/messages', { role: 'user', content: 'Hi' }, { content: 'Ho' }, Message, 'message_id'],
  ] as const)('%s lives from POST to DELETE', async (...[path, draft, patch, schema, key]) => {
    await using rest = await openRest()
    await rest.store.conversations.ensure('c', aConversation())
    const made = await rest.send('POST', path, { payload: draft })
    expect(made.status).toBe(201)
    expect(made.body).toMatchObject(draft)
    const entity: Record<string, unknown> = schema.parse(made.body)
    const id = String(entity[key])

    expect(await rest.send('GET', `${path}/${id}`)).toEqual({ status: 200, body: made.body })
    const list = await rest.send('GET', path)
    expect(z.array(schema).parse(list.body)).toContainEqual(made.body)

    const changed = await rest.send('PATCH', `${path}/${id}`, { payload: patch })
    expect(changed).toMatchObject({ status: 200, body: { [key]: id, ...patch } })

    const gone = await rest.send('DELETE', `${path}/${id}`)
    expect(gone).toMatchObject({ status: 200, body: { [key]: id } })
    for (const method of ['GET', 'PATCH', 'DELETE'] as const) {
      const { status, body } = await rest.send(method, `${path}/${id}`)
      expect(status).toBe(404)
      expect(Failure.parse(body)).toMatchObject({ code: 'not_found', error: expect.stringContaining(id) })
    }
    expect(rest.published.map(({ answer }) => answer.type.split('_')[1])).toEqual([
      'created',
      'updated',
      'deleted',
    ])
    expect(rest.published.every(({ origin }) => origin === undefined)).toBe(true)
  })

  it('pages and searches with query strings', async () => {
    await using rest = await openRest()
    for (const title of ['one tea', 'two', 'three tea']) {
      await rest.send('POST', '/conversations', { payload: { title } })
    }
    const titles = async (query: string): Promise<string[]> => {
      const { body } = await rest.send('GET', `/conversations?${query}`)
      return z
        .array(Conversation)
        .parse(body)
        .map((conversation) => conversation.title)
    }
    expect(await titles('')).toEqual(['three tea', 'two', 'one tea'])
    expect(await titles('limit=1&offset=1')).toEqual(['two'])
    expect(await titles('query=tea')).toEqual(['three tea', 'one tea'])
    const [first] = await rest.store.conversations.list({})
    expect(await titles(`before=${first?.conversation_id}&limit=1`)).toEqual(['two'])
  })

  it.each(['limit=0', 'limit=ten', 'limit=-1', 'limit=1e9', 'limit=', 'limit=1&limit=2', 'offset=1.5'])(
    'refuses ?%s with 422',
    async (query) => {
      await using rest = await openRest()
      const { status, body } = await rest.send('GET', `/conversations?${query}`)
      expect(status).toBe(422)
      expect(Failure.parse(body)).toMatchObject({ code: 'invalid', issues: [expect.anything()] })
    },
  )

  it('a message is only found in its own conversation', async () => {
    await using rest = await openRest()
    await rest.store.conversations.ensure('mine', aConversation())
    await rest.store.conversations.ensure('other', aConversation())
    await rest.send('POST', '/conversations/mine/messages', { payload: { role: 'user', content: 'Hi' } })
    const [message] = await rest.store.messages.list({ conversation_id: 'mine' })
    for (const method of ['GET', 'PATCH', 'DELETE'] as const) {
      const url = `/conversations/other/messages/${message?.message_id}`
      expect(
        await rest.send(method, url, method === 'PATCH' ? { payload: { content: 'x' } } : {}),
      ).toMatchObject({
        status: 404,
        body: { code: 'not_found' },
      })
    }
    expect(await rest.store.messages.list({ conversation_id: 'mine' })).toEqual([message])
  })

  it('a note is only found with its own character', async () => {
    await using rest = await openRest()
    for (const name of ['Nora', 'Ada']) await rest.send('POST', '/characters', { payload: { name } })
    const made = await rest.send('POST', '/characters/nora-001/notes', { payload: { text: 'Likes tea' } })
    const [note] = await rest.store.notes.list({ character_id: 'nora-001' })
    expect(made).toEqual({ status: 201, body: note })
    for (const method of ['GET', 'PATCH', 'DELETE'] as const) {
      const payload = method === 'PATCH' ? { payload: { text: 'x' } } : {}
      const refused = await rest.send(method, `/characters/ada-001/notes/${note?.note_id}`, payload)
      expect(refused).toMatchObject({ status: 404, body: { code: 'not_found' } })
    }
    expect(await rest.send('GET', `/characters/nora-001/notes/${note?.note_id}`)).toEqual({
      status: 200,
      body: note,
    })
    expect(await rest.store.notes.list({ character_id: 'nora-001' })).toEqual([note])
  })

  it('the path wins over what the body says', async () => {
    await using rest = await openRest()
    await rest.send('POST', '/characters', { payload: { name: 'Nora' } })
    await rest.send('POST', '/characters', { payload: { name: 'Ada' } })
    await rest.send('PATCH', '/characters/nora-001', { payload: { id: 'ada-001', name: 'Vera' } })
    expect((await rest.store.characters.list()).map((character) => character.name)).toEqual(['Ada', 'Vera'])
    await rest.store.conversations.ensure('mine', aConversation())
    const payload = { conversation_id: 'other', role: 'user', content: 'Hi' }
    const { body } = await rest.send('POST', '/conversations/mine/messages', { payload })
    expect(body).toMatchObject({ conversation_id: 'mine' })
  })

  it('takes ids of any script in the path', async () => {
    await using rest = await openRest()
    await rest.send('POST', '/characters', { payload: { name: '弁'.repeat(60) } })
    const [made] = await rest.store.characters.list()
    const { status } = await rest.send('GET', `/characters/${encodeURIComponent(made?.id ?? '')}`)
    expect(status).toBe(200)
  })

  it('DELETE with a content type and no body is no fault', async () => {
    await using rest = await openRest()
    await rest.send('POST', '/voices', { payload: { voice_name: 'Alto' } })
    const headers = { 'content-type': 'application/json' }
    expect(await rest.send('DELETE', '/voices/alto-001', { headers })).toMatchObject({ status: 200 })
  })

  it.each<[string, Partial<InjectOptions>, number, string]>([
    ['no body', {}, 422, 'invalid'],
    ['wrong fields', { payload: { name: 5 } }, 422, 'invalid'],
    ['a list', { payload: [] }, 422, 'invalid'],
    ['not JSON', { payload: '{', headers: { 'content-type': 'application/json' } }, 400, 'bad_message'],
    ['a form', { payload: 'a=b', headers: { 'content-type': 'text/csv' } }, 415, 'bad_message'],
    ['too much', { payload: { name: 'x'.repeat(2_000_000) } }, 413, 'bad_message'],
    [
      'poison',
      { payload: '{"__proto__":{}}', headers: { 'content-type': 'application/json' } },
      400,
      'bad_message',
    ],
  ])('POST with %s', async (...[_what, request, status, code]) => {
    await using rest = await openRest()
    const answer = await rest.send('POST', '/characters', request)
    expect(answer.status).toBe(status)
    expect(Failure.parse(answer.body).code).toBe(code)
    expect(rest.published).toEqual([])
  })

  it.each<[unknown, number, string]>([
    [new AppError('storage_failed', 'Cannot save the voice: the disk is full'), 507, 'the disk is full'],
    [new AppError('conflict', 'Cannot save the voice: it exists already'), 409, 'exists already'],
    [new TypeError('secret'), 500, 'Something went wrong inside Troupe; the log has the details'],
  ])('a failure %s has the status %d', async (thrown, status, sentence) => {
    await using rest = await openRest((store) => ({
      voices: { ...store.voices, create: () => Promise.reject(thrown) },
    }))
    const answer = await rest.send('POST', '/voices', { payload: { voice_name: 'x' } })
    expect(answer.status).toBe(status)
    expect(Failure.parse(answer.body).error).toContain(sentence)
  })

  it('knows no other verbs', async () => {
    await using rest = await openRest()
    for (const url of ['/characters', '/voices/x', '/conversations/c/messages/m']) {
      expect((await rest.send('PUT', url, { payload: {} })).status).toBe(404)
    }
  })
})
