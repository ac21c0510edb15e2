import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import yauzl from 'yauzl'
import { Conversation } from '#shared/entities.ts'
import { aConversation } from '../store/support.ts'
import { startTestApp, type TestApp } from '../../support/test-app.ts'

const Result = z.object({
  file: z.string(),
  ok: z.boolean(),
  conversation: Conversation.optional(),
  duplicate_of: z.string().optional(),
  error: z.string().optional(),
})

let app: TestApp

beforeEach(async () => {
  app = await startTestApp()
})
afterEach(async () => {
  await app[Symbol.asyncDispose]()
})

const line = (mes: string, isUser = true): string =>
  JSON.stringify({ name: isUser ? 'Ren' : 'Nora', is_user: isUser, mes })
const CHAT = `${line('Hi!')}\n${line('Hello.', false)}\n`

async function send(
  files: Readonly<Record<string, string>>,
  query = '',
  headers: Record<string, string> = {},
): Promise<Response> {
  const form = new FormData()
  for (const [name, content] of Object.entries(files)) form.append('file', new Blob([content]), name)
  return await fetch(`${app.url}/api/conversations/import${query}`, { method: 'POST', body: form, headers })
}

async function put(files: Readonly<Record<string, string>>, query = ''): Promise<z.infer<typeof Result>[]> {
  const response = await send(files, query)
  expect(response.status).toBe(200)
  return z.array(Result).parse(await response.json())
}

const take = (id: string, query: string): Promise<Response> =>
  fetch(`${app.url}/api/conversations/${id}/export?${query}`)

describe('POST /api/conversations/import', () => {
  test('takes many files at once, and says of each what became of it', async () => {
    const results = await put({ 'a.jsonl': CHAT, 'b.jsonl': 'nothing', 'c.jsonl': line('Alone') })
    expect(results).toMatchObject([
      { file: 'a.jsonl', ok: true, conversation: { title: 'a', active_characters: ['nora-001'] } },
      { file: 'b.jsonl', ok: false, error: expect.any(String) },
      { file: 'c.jsonl', ok: true, conversation: { title: 'c' } },
    ])
    const again = await put({ 'a.jsonl': CHAT })
    expect(again).toMatchObject([{ ok: true, duplicate_of: results[0]?.conversation?.conversation_id }])
    const [copy] = await put({ 'a.jsonl': CHAT }, '?on_duplicate=copy')
    expect(copy?.duplicate_of).toBeUndefined()
  })

  test('tells every result as soon as it is there, where that is wanted', async () => {
    const response = await send({ 'a.jsonl': CHAT, 'b.jsonl': CHAT }, '', { accept: 'application/x-ndjson' })
    expect(response.headers.get('content-type')).toContain('application/x-ndjson')
    const lines = (await response.text()).trim().split('\n')
    expect(lines.map((one) => Result.parse(JSON.parse(one)).file)).toEqual(['a.jsonl', 'b.jsonl'])
  })

  test('shows the conversation in every open tab', async () => {
    await using client = await app.connect()
    const [result] = await put({ 'a.jsonl': CHAT })
    const told = await client.event('conversation_created')
    expect(told.data).toEqual(result?.conversation)
  })

  test.each([
    ['?on_duplicate=update', 422],
    ['?character_id=a&character_id=b', 422],
  ])('refuses %s', async (query, status) => {
    expect((await send({ 'a.jsonl': CHAT }, query)).status).toBe(status)
  })

  test('wants files', async () => {
    const response = await send({})
    expect([response.status, await response.json()]).toMatchObject([400, { code: 'bad_message' }])
    const json = await fetch(`${app.url}/api/conversations/import`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    })
    expect(json.status).toBe(400)
  })

  test('nobody else waits for a long chat', async () => {
    const text = Array.from({ length: 5_000 }, (_one, index) => line(`Line ${index}`, index % 2 === 0)).join(
      '\n',
    )
    const importing = put({ 'long.jsonl': text })
    let answered = 0
    const done = new AbortController()
    const asking = (async () => {
      do {
        expect((await fetch(`${app.url}/api/conversations?limit=1`)).status).toBe(200)
        answered += 1
      } while (!done.signal.aborted)
    })()
    const [result] = await importing
    done.abort()
    await asking
    expect(answered).toBeGreaterThan(5)
    const id = result?.conversation?.conversation_id ?? ''
    expect(await app.store.messages.count(id)).toBe(5_000)
    expect(await (await take(id, 'format=jsonl')).text()).toBe(text)
  })
})

describe('GET /api/conversations/:id/export', () => {
  test('is a file with the name it came with', async () => {
    const name = 'Nora - 2024-10-18@20h52m17s123ms.jsonl'
    const [result] = await put({ [name]: CHAT })
    const response = await take(result?.conversation?.conversation_id ?? '', 'format=jsonl')
    expect(response.headers.get('content-disposition')).toContain(`filename="${name}"`)
    expect(await response.text()).toBe(CHAT)
  })

  test('is named after the title, whatever is in it', async () => {
    const { conversation_id } = await app.store.conversations.create(aConversation('../Tee: "für" zwei 🫖'))
    const response = await take(conversation_id, 'format=md')
    expect(response.headers.get('content-disposition')).toBe(
      `attachment; filename="Tee f_r zwei __.md"; filename*=UTF-8''${encodeURIComponent('Tee für zwei 🫖.md')}`,
    )
  })

  test('is a ZIP with its branches, if it has any', async () => {
    const swiped = JSON.stringify({ name: 'Nora', is_user: false, mes: 'A', swipes: ['A', 'B'], swipe_id: 0 })
    const [result] = await put({ 'a.jsonl': `${swiped}\n${line('Behind A')}` })
    const id = result?.conversation?.conversation_id ?? ''
    expect((await take(id, 'branches=1')).headers.get('content-type')).toContain('jsonl')
    const [first] = await app.store.messages.list({ conversation_id: id })
    await app.store.messages.selectAlternative(first?.message_id ?? '', 1)
    const response = await take(id, 'branches=1')
    expect(response.headers.get('content-type')).toBe('application/zip')
    const zip = await yauzl.fromBufferPromise(Buffer.from(await response.arrayBuffer()), {
      lazyEntries: true,
    })
    const names: string[] = []
    for await (const { fileName } of zip.eachEntry()) names.push(fileName)
    expect(names).toEqual(['a.jsonl', 'a - Branch #1.jsonl'])
  })

  test.each([
    ['nobody', 'format=jsonl', 404],
    ['an-evening-at-the-lantern', 'format=pdf', 422],
  ])('of %s with %s is answered with %i', async (id, query, status) => {
    expect((await take(id, query)).status).toBe(status)
  })
})
