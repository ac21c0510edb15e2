import fastify from 'fastify'
import { describe, expect, it } from 'vitest'
import { registerRest } from '../../../backend/crud/rest.ts'
import { aConversation, aMessage } from '../store/support.ts'
import { openTestCrud } from './support.ts'

async function openRest() {
  const test = await openTestCrud()
  const app = fastify()
  registerRest(app, test.crud)
  type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE'
  const send = async (method: Method, url: string, more: { payload?: object; headers?: object } = {}) => {
    const response = await app.inject({ method, url: `/api${url}`, ...more, headers: { ...more.headers } })
    return { status: response.statusCode, body: response.json<unknown>(), etag: response.headers.etag }
  }
  return { ...test, send, [Symbol.asyncDispose]: () => test[Symbol.asyncDispose]() }
}

describe('REST: changes that must not be lost', () => {
  it('tells the revision, and refuses a change of what was changed meanwhile with both versions', async () => {
    await using rest = await openRest()
    const made = await rest.send('POST', '/characters', { payload: { name: 'Nora' } })
    expect(made.etag).toBe('"1"')
    const url = '/characters/nora-001'
    const first = await rest.send('GET', url)
    expect(first.etag).toBe('"1"')
    const changed = await rest.send('PATCH', url, {
      payload: { name: 'Vera' },
      headers: { 'if-match': first.etag },
    })
    expect(changed).toMatchObject({ status: 200, etag: '"2"' })
    const payload = { name: 'Mona' }
    for (const stale of ['"1"', 'W/"1"', '1', '"7"']) {
      expect(await rest.send('PATCH', url, { payload, headers: { 'if-match': stale } })).toMatchObject({
        status: 409,
        body: { code: 'conflict', error: expect.any(String), stored: changed.body, yours: payload },
      })
    }
    const stale = { ...payload, revision: 1 }
    expect(await rest.send('PATCH', url, { payload: stale })).toMatchObject({
      status: 409,
      body: { yours: stale },
    })
    for (const odd of ['yes', '"a"', '"1", "2"', '']) {
      const { status } = await rest.send('PATCH', url, { payload, headers: { 'if-match': odd } })
      expect([odd, status]).toEqual([odd, 422])
    }
    expect(await rest.send('GET', url)).toMatchObject({ body: changed.body })
    for (const condition of ['*', 'W/"3"', '"4"']) {
      const { status } = await rest.send('PATCH', url, { payload, headers: { 'if-match': condition } })
      expect([condition, status]).toEqual([condition, 200])
    }
  })
})

describe('REST: the library', () => {
  it('gives heads, by query string', async () => {
    await using rest = await openRest()
    for (const [name, tags] of Object.entries({ Ada: ['noir'], Bo: ['noir', 'sea'], Cy: [] })) {
      await rest.send('POST', '/characters', { payload: { name, tags, is_favourite: name === 'Cy' } })
    }
    const names = async (query: string) => {
      const { status, body } = await rest.send('GET', `/character-heads?${query}`)
      expect(status).toBe(200)
      return JSON.stringify(body).match(/(?<="name":")\w+/g) ?? []
    }
    expect(await names('')).toEqual(['Ada', 'Bo', 'Cy'])
    expect(await names('query=tag:noir&limit=1&offset=1')).toEqual(['Bo'])
    expect(await names('q=ad')).toEqual(['Ada'])
    expect(await names('tags=noir&without_tags=sea')).toEqual(['Ada'])
    expect(await names('tags=noir&tags=sea')).toEqual(['Bo'])
    expect(await names('tags=noir&tags=sea&any_tag=true')).toEqual(['Ada', 'Bo'])
    expect(await names('favourites=true')).toEqual(['Cy'])
    expect(await names('ids=cy-001&ids=bo-001')).toEqual(['Bo', 'Cy'])
    expect(await rest.send('GET', '/character-heads?sort=size')).toMatchObject({ status: 422 })
    expect(await rest.send('GET', '/tags')).toMatchObject({
      body: [
        { tag: 'noir', count: 2 },
        { tag: 'sea', count: 1 },
      ],
    })
    const change = { ids: ['ada-001', 'bo-001'], remove_tags: ['noir'] }
    expect(await rest.send('PATCH', '/characters', { payload: change })).toMatchObject({
      status: 200,
      body: { ids: ['ada-001', 'bo-001'] },
    })
    expect(await rest.send('GET', '/tags')).toMatchObject({ body: [{ tag: 'sea', count: 1 }] })
  })

  it('searches, throws away, and brings back', async () => {
    await using rest = await openRest()
    const { conversation_id } = await rest.store.conversations.create(aConversation('Tea'))
    const { message_id } = await rest.store.messages.create(aMessage(conversation_id, 'a cup of tea'))
    const found = async (query: string) => {
      const { body } = await rest.send('GET', `/search?${query}`)
      return JSON.stringify(body).match(/(?<="kind":")\w+/g) ?? []
    }
    expect(await found('q=tea')).toEqual(['conversation', 'message'])
    expect(await found('q=tea&kind=message')).toEqual(['message'])
    expect(await found(`q=cup&conversation_id=${conversation_id}&limit=5`)).toEqual(['message'])
    expect(await rest.send('GET', '/search?q=tea&kind=song')).toMatchObject({ status: 422 })
    expect(await rest.send('GET', '/search')).toMatchObject({ status: 422 })
    const message = `/conversations/${conversation_id}/messages/${message_id}`
    expect(await rest.send('GET', `${message}/place`)).toMatchObject({ body: { count: 1, index: 0 } })
    await rest.send('DELETE', message)
    expect(await found('q=cup')).toEqual([])
    const trash = await rest.send('GET', '/trash?kind=message')
    expect(trash.body).toMatchObject([{ trash_id: `message:${message_id}`, name: 'a cup of tea' }])
    expect(await rest.send('POST', `/trash/message:${message_id}/restore`)).toMatchObject({ status: 200 })
    expect(await rest.send('GET', message)).toMatchObject({ status: 200 })
    await rest.send('DELETE', `/conversations/${conversation_id}`)
    const gone = await rest.send('DELETE', `/trash/conversation:${conversation_id}`)
    expect(gone).toMatchObject({ status: 200, body: { trash_id: `conversation:${conversation_id}` } })
    expect(await rest.send('POST', `/trash/conversation:${conversation_id}/restore`)).toMatchObject({
      status: 404,
    })
  })

  it('lists what is in the archive', async () => {
    await using rest = await openRest()
    await rest.send('POST', '/conversations', { payload: { title: 'old', is_archived: true } })
    await rest.send('POST', '/conversations', { payload: { title: 'new' } })
    const titles = async (query: string) =>
      JSON.stringify((await rest.send('GET', `/conversations?${query}`)).body).match(/(?<="title":")\w+/g)
    expect(await titles('')).toEqual(['new'])
    expect(await titles('archived=true')).toEqual(['old'])
    expect(await titles('archived=any')).toEqual(['new', 'old'])
  })
})
