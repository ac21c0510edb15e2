import { describe, expect, it } from 'vitest'
import { CrudAnswer } from '#shared/protocol/events.ts'
import { DbError, requests, type RequestType } from '#shared/protocol/requests.ts'
import { AppError } from '../../../backend/errors.ts'
import { seededRandom } from '../store/support.ts'
import { openTestCrud } from './support.ts'

const TYPES = Object.keys(requests).filter((type): type is RequestType => type in requests)

describe('createCrud()', () => {
  it('isRequest() knows all requests and nothing else', async () => {
    await using test = await openTestCrud()
    expect(TYPES.filter((type) => !test.crud.isRequest(type))).toEqual([])
    for (const type of ['ping', '', 'toString', '__proto__', 'constructor']) {
      expect(test.crud.isRequest(type)).toBe(false)
    }
  })

  it('answers a life of each resource with the types of the protocol', async () => {
    await using test = await openTestCrud()
    const answers: [string, unknown][] = []
    const ask = async (type: RequestType, data: unknown): Promise<void> => {
      const answer = await test.crud.handle(type, data)
      CrudAnswer.parse(answer)
      answers.push([answer.type, answer.data])
    }
    await ask('create_voice', { voice_name: 'Alto' })
    await ask('update_voice', { voice_id: 'alto-001', method: 'flite' })
    await ask('get_voice', { voice_id: 'alto-001' })
    await ask('get_voices', {})
    await ask('create_character', { name: 'Nora', voice_id: 'alto-001' })
    await ask('update_character', { id: 'nora-001', tags: ['dry'] })
    await ask('get_character', { id: 'nora-001' })
    await ask('get_characters', undefined)
    await ask('create_conversation', { active_characters: ['nora-001'] })
    const { conversation_id } = requests.create_conversation.result.parse(answers.at(-1)?.[1])
    await ask('update_conversation', { conversation_id, title: 'Tea' })
    await ask('get_conversation', { conversation_id })
    await ask('get_conversations', { limit: 1, offset: 0, query: 'te' })
    await ask('create_message', {
      conversation_id,
      role: 'assistant',
      content: 'Hi',
      character_id: 'nora-001',
    })
    const { message_id } = requests.create_message.result.parse(answers.at(-1)?.[1])
    await ask('update_message', { message_id, content: 'Hello' })
    await ask('get_message', { message_id })
    await ask('get_messages', { conversation_id })
    await ask('delete_message', { message_id })
    await ask('delete_conversation', { conversation_id })
    await ask('delete_character', { id: 'nora-001' })
    await ask('delete_voice', { voice_id: 'alto-001' })

    expect(answers.map(([type]) => type).join(' ')).toBe(
      'voice_created voice_updated voice_data voices_data ' +
        'character_created character_updated character_data characters_data ' +
        'conversation_created conversation_updated conversation_data conversations_data ' +
        'message_created message_updated message_data messages_data ' +
        'message_deleted conversation_deleted character_deleted voice_deleted',
    )
    expect(answers.slice(-4).map(([, data]) => data)).toEqual([
      { message_id, conversation_id },
      { conversation_id },
      { id: 'nora-001' },
      { voice_id: 'alto-001' },
    ])
  })

  it('publishes every change with its origin, and no reading', async () => {
    await using test = await openTestCrud()
    const origin = { connection: 1 }
    const made = await test.crud.handle('create_character', { name: 'Nora' }, origin)
    await test.crud.handle('get_characters', {}, origin)
    await test.crud.handle('get_character', { id: 'nora-001' }, origin)
    await test.crud.handle('update_character', { id: 'nobody' }, origin)
    const gone = await test.crud.handle('delete_character', { id: 'nora-001' })
    expect(test.published).toEqual([
      { answer: made, origin },
      { answer: gone, origin: undefined },
    ])
  })

  it('an empty patch is no fault', async () => {
    await using test = await openTestCrud()
    await test.crud.handle('create_character', { name: 'Nora' })
    const answer = await test.crud.handle('update_character', { id: 'nora-001' })
    expect(answer).toMatchObject({ type: 'character_updated', data: { name: 'Nora' } })
  })

  it.each<[RequestType, unknown, string, RegExp]>([
    ['get_character', { id: 'nobody' }, 'not_found', /^Cannot find the character "nobody"$/],
    ['get_character', {}, 'invalid', /^Cannot read the request: id: /],
    ['get_character', 'nobody', 'invalid', /^Cannot read the request: /],
    ['get_character', [], 'invalid', /^Cannot read the request: /],
    ['create_character', { name: '  ' }, 'invalid', /name/],
    ['create_character', { name: 'Nora', voice_id: 'x' }, 'invalid', /there is no voice "x"/],
    ['create_character', { name: 'Nora', color: 'red' }, 'invalid', /color: expected a colour/],
    ['create_conversation', { active_characters: ['x', 'y'] }, 'invalid', /no character "x", "y"/],
    ['create_message', { conversation_id: 'x', role: 'user', content: '' }, 'not_found', /conversation "x"/],
    ['create_message', { conversation_id: 'x', role: 'god', content: '' }, 'invalid', /role/],
    [
      'create_message',
      { conversation_id: 'x', role: 'user', content: '', character_id: 'y' },
      'invalid',
      /no character "y"/,
    ],
    ['get_messages', { conversation_id: 'x' }, 'not_found', /conversation "x"/],
    ['get_conversations', { limit: 0 }, 'invalid', /limit/],
    ['delete_voice', { voice_id: 'x' }, 'not_found', /voice "x"/],
  ])('%s %j is answered with %s', async (...[type, data, code, sentence]) => {
    await using test = await openTestCrud()
    const answer = DbError.parse(await test.crud.handle(type, data))
    expect(answer).toMatchObject({ error: expect.stringMatching(sentence), data: { code } })
    const isFault = code === 'invalid' && answer.error.startsWith('Cannot read')
    expect(answer.data.issues !== undefined).toBe(isFault)
    expect(test.published).toEqual([])
    expect(test.defects).toEqual([])
  })

  it('tells clients of a full disk in words, and of a defect without its text', async () => {
    const full = new AppError('storage_failed', 'Cannot save the voice: the disk is full')
    for (const [thrown, sentence] of [
      [full, 'Cannot save the voice: the disk is full'],
      [new TypeError('secret of the house'), 'Something went wrong inside Troupe; the log has the details'],
    ] as const) {
      await using test = await openTestCrud((store) => ({
        voices: { ...store.voices, create: () => Promise.reject(thrown) },
      }))
      const answer = await test.crud.handle('create_voice', { voice_name: 'x' })
      expect(answer).toEqual({ type: 'db_error', error: sentence, data: { code: 'internal' } })
      expect(test.defects).toHaveLength(1)
      expect(test.published).toEqual([])
    }
  })

  it('answers any payload whatever with an answer of the protocol', { timeout: 60_000 }, async () => {
    await using test = await openTestCrud()
    await test.crud.handle('create_character', { name: 'Nora' })
    const made = await test.crud.handle('create_conversation', { active_characters: ['nora-001'] })
    const known = made.type === 'conversation_created' ? made.data.conversation_id : ''
    const random = seededRandom(5)
    const pick = <Item>(items: readonly Item[]): Item | undefined =>
      items[Math.floor(random() * items.length)]
    const fields = ['id', 'name', 'voice_id', 'voice_name', 'conversation_id', 'message_id', 'role', 'content', 'tags', 'settings', 'active_characters', 'limit', 'offset', 'before', 'query', 'color', 'is_active', 'title', '__proto__', 'constructor', 'created_at', 'character_id'] // prettier-ignore
    const value = (depth = 0): unknown =>
      pick<() => unknown>([
        () => null,
        () => undefined,
        () => '',
        () => 'nora-001',
        () => known,
        () => 'user',
        () => '\0\ud800"\'; DROP TABLE voices; --',
        () => 'x'.repeat(300_000),
        () => Number.NaN,
        () => -1,
        () => 1e308,
        () => true,
        () => 3n,
        () => Symbol('s'),
        () => new Date(0),
        () => (depth > 2 ? [] : [value(depth + 1), value(depth + 1)]),
        () => (depth > 2 ? {} : object(depth + 1)),
      ])?.()
    const object = (depth: number): unknown =>
      Object.fromEntries(
        Array.from({ length: Math.floor(random() * 7) }, () => [pick(fields) ?? '', value(depth)]),
      )
    const codes = new Map<string, number>()
    for (let i = 0; i < 6_000; i++) {
      const type = pick(TYPES) ?? 'get_voices'
      const answer = await test.crud.handle(type, random() < 0.9 ? object(0) : value())
      const outcome =
        answer.type === 'db_error' ? DbError.parse(answer).data.code : CrudAnswer.parse(answer).type
      codes.set(outcome, (codes.get(outcome) ?? 0) + 1)
    }
    expect(codes.get('internal')).toBeUndefined()
    expect(codes.get('invalid')).toBeGreaterThan(100)
    expect(codes.get('not_found')).toBeGreaterThan(10)
    expect(test.defects).toEqual([])
  })
})
