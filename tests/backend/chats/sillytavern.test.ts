import { describe, expect, test } from 'vitest'
import { ChatLibrary } from '../../support/chat-library.ts'
import { aCharacter } from '../store/support.ts'

const HEADER =
  '{"chat_metadata":{"note_prompt":"Be brief.","note_depth":2,"note_role":1},"user_name":"unused","character_name":"unused"}'
const line = (message: object): string => JSON.stringify(message)
const user = (mes: string, more: object = {}): string => line({ name: 'Ren', is_user: true, mes, ...more })
const mira = (mes: string, more: object = {}): string => line({ name: 'Mira', is_user: false, mes, ...more })

async function shown(library: ChatLibrary, id: string) {
  return await library.store.messages.list({ conversation_id: id })
}

describe('a chat of SillyTavern', () => {
  test('becomes a conversation: who said what, when, with which alternatives', async () => {
    await using library = await ChatLibrary.open()
    const character = await library.store.characters.create(aCharacter('Mira'))
    const swipes = { swipes: ['Hello.', 'Good evening.'], swipe_id: 1, send_date: '2024-10-18T20:52:17.000Z' }
    const generated = {
      extra: { model: 'some-model', token_count: 7 },
      gen_started: '2024-10-18T20:52:10.000Z',
      gen_finished: '2024-10-18T20:52:12.500Z',
    }
    const file = [HEADER, mira('Good evening.', { ...swipes, ...generated }), user('Hi!')].join('\n')
    const [result] = await library.put('Mira - 2024-10-18@20h52m17s.jsonl', file)
    expect(result).toMatchObject({
      ok: true,
      unmatched: [],
      conversation: {
        title: 'Mira, 2024-10-18 20:52',
        active_characters: [character.id],
        author_note: { text: 'Be brief.', depth: 2, role: 'user' },
        created_at: '2024-10-18T20:52:17.000Z',
        updated_at: '2024-10-18T20:52:17.001Z',
      },
    })
    const messages = await shown(library, result?.conversation?.conversation_id ?? '')
    expect(messages).toMatchObject([
      {
        role: 'assistant',
        name: 'Mira',
        character_id: character.id,
        content: 'Good evening.',
        alternative_index: 1,
        alternative_count: 2,
        generation: { model: 'some-model', completion_tokens: 7, duration_ms: 2_500 },
      },
      { role: 'user', name: 'Ren', content: 'Hi!', character_id: null },
    ])
    const { alternatives } = await library.store.messages.alternatives(messages[0]?.message_id ?? '')
    expect(alternatives.map(({ content }) => content)).toEqual(['Hello.', 'Good evening.'])
  })

  test.each([
    [
      'with the old header',
      '{"user_name":"Ren","character_name":"Mira","create_date":"2024-10-18@20h52m17s","chat_metadata":{}}\n',
    ],
    ['without a header', ''],
    ['with a byte order mark', '\uFEFF'],
    ['with blank lines in front', '\n \n'],
  ])('is read %s', async (_what, beginning) => {
    await using library = await ChatLibrary.open()
    const text = `${beginning}${user('Hi!')}\r\n${mira('Hello.')}\r\n`
    const id = await library.putOne('chat.jsonl', text)
    expect(await shown(library, id)).toMatchObject([{ content: 'Hi!' }, { content: 'Hello.' }])
    expect(await library.takeText(id)).toBe(text)
  })

  test('keeps broken lines where they are, and says which', async () => {
    await using library = await ChatLibrary.open()
    const text = [
      HEADER,
      user('One'),
      '{"name":"Mira","mes":"cut',
      '',
      '[1]',
      mira('Two'),
      '{"name":"Mi',
    ].join('\n')
    const [result] = await library.put('chat.jsonl', text)
    expect(result?.report?.ignored.map(({ path }) => path)).toEqual(['line 3', 'line 5', 'line 7', 'Mira'])
    const id = result?.conversation?.conversation_id ?? ''
    expect(await library.takeText(id)).toBe(text)
    const [first] = await shown(library, id)
    await library.store.messages.update({ message_id: first?.message_id ?? '', content: 'First' })
    expect(await library.takeText(id)).toBe(text.replace('"mes":"One"', '"mes":"First"'))
  })

  test('keeps bytes that are no text', async () => {
    await using library = await ChatLibrary.open()
    const bytes = Buffer.concat([
      Buffer.from(`${user('Hi!')}\n{"name":"Mira","mes":"caf`),
      Buffer.from([0xe9, 0xff]),
      Buffer.from(`"}\n${mira('So')}`),
    ])
    const id = await library.putOne('chat.jsonl', bytes)
    expect(await library.take(id)).toEqual(bytes)
    const copy = await library.putOne('chat.json', await library.take(id, 'json'))
    expect(await library.take(copy)).toEqual(bytes)
  })

  test('is right about what was edited after swiping, and keeps both', async () => {
    await using library = await ChatLibrary.open()
    const text = mira('Edited.', { swipes: ['First.', 'Second.'], swipe_id: 1 })
    const [result] = await library.put('chat.jsonl', text)
    expect(result?.report?.repaired).toMatchObject([{ path: 'line 1', from: 'Second.', to: 'Edited.' }])
    const [message] = await shown(library, result?.conversation?.conversation_id ?? '')
    const { alternatives, active_index } = await library.store.messages.alternatives(
      message?.message_id ?? '',
    )
    expect(active_index).toBe(1)
    expect(alternatives.map(({ content }) => content)).toEqual(['First.', 'Edited.', 'Second.'])
  })

  test('has the last alternative, where it names one that is not there', async () => {
    await using library = await ChatLibrary.open()
    const text = line({ name: 'Mira', is_user: false, swipes: ['First.', 'Second.'], swipe_id: 9 })
    const [result] = await library.put('chat.jsonl', text)
    expect(result?.report?.repaired).toMatchObject([{ path: 'line 1', from: '9', to: '1' }])
    const id = result?.conversation?.conversation_id ?? ''
    expect(await shown(library, id)).toMatchObject([{ content: 'Second.', alternative_index: 1 }])
    expect(await library.takeText(id)).toBe(text)
  })

  test('tells narrators, notes and hidden lines apart', async () => {
    await using library = await ChatLibrary.open()
    const text = [
      line({ name: 'System', is_user: false, mes: 'Night falls.', extra: { type: 'narrator' } }),
      line({ name: 'Note', is_user: false, is_system: true, mes: 'Nice scene', extra: { type: 'comment' } }),
      mira('Hidden.', { is_system: true }),
      user('Hidden, too.', { is_system: true }),
    ].join('\n')
    const id = await library.putOne('chat.jsonl', text)
    expect(await shown(library, id)).toMatchObject([
      { role: 'system', is_excluded: false },
      { role: 'system', is_excluded: true },
      { role: 'assistant', is_excluded: true },
      { role: 'user', is_excluded: true },
    ])
  })

  test('of a group finds each speaker by the file of the card, else by name, else keeps the name', async () => {
    await using library = await ChatLibrary.open()
    const renamed = await library.store.characters.create(aCharacter('Mira the Bold'))
    const felix = await library.store.characters.create(aCharacter('felix'))
    await library.store.originals.put({
      kind: 'character',
      id: renamed.id,
      format: 'png',
      file_name: 'Mira.png',
      hash: 'h',
      source: '',
      report: { repaired: [], ignored: [], kept: [] },
    })
    const text = [
      mira('I.', { original_avatar: 'Mira.png' }),
      line({ name: 'Felix', is_user: false, mes: 'And I.' }),
      line({
        name: 'Gone',
        is_user: false,
        mes: 'And I, too.',
        force_avatar: '/thumbnail?type=avatar&file=Gone.png',
      }),
    ].join('\n')
    const [result] = await library.put('group.jsonl', text)
    expect(result).toMatchObject({
      unmatched: ['Gone'],
      conversation: { active_characters: [renamed.id, felix.id] },
    })
    const messages = await shown(library, result?.conversation?.conversation_id ?? '')
    expect(messages.map(({ name, character_id }) => [name, character_id])).toEqual([
      ['Mira', renamed.id],
      ['Felix', felix.id],
      ['Gone', null],
    ])
  })

  test('belongs to whom the user says', async () => {
    await using library = await ChatLibrary.open()
    const chosen = await library.store.characters.create(aCharacter('Mira Two'))
    await library.store.characters.create(aCharacter('Mira'))
    const id = await library.putOne('chat.jsonl', mira('Hello.'), { characterId: chosen.id })
    expect(await shown(library, id)).toMatchObject([{ name: 'Mira', character_id: chosen.id }])
    const [refused] = await library.put('chat.jsonl', mira('Hello.'), { characterId: 'nobody' })
    expect(refused).toMatchObject({ ok: false, code: 'not_found' })
  })

  test('of Chub, whose texts are in objects, stays one when it is edited', async () => {
    await using library = await ChatLibrary.open()
    const text = line({
      name: 'Mira',
      is_user: false,
      mes: { message: 'Hi.', id: 7 },
      swipes: [
        { message: 'Hi.', id: 7 },
        { message: 'Ho.', id: 8 },
      ],
      swipe_id: 0,
    })
    const id = await library.putOne('chat.jsonl', text)
    const [message] = await shown(library, id)
    expect(message).toMatchObject({ content: 'Hi.', alternative_count: 2 })
    await library.store.messages.update({ message_id: message?.message_id ?? '', content: 'Hey.' })
    expect(await library.takeText(id)).toBe(text.replaceAll('Hi.', 'Hey.'))
  })

  test('that is brought again is not taken twice, unless that is wanted', async () => {
    await using library = await ChatLibrary.open()
    const id = await library.putOne('chat.jsonl', user('Hi!'))
    const again = await library.put('renamed.jsonl', user('Hi!'), { onDuplicate: 'skip' })
    expect(again).toMatchObject([{ ok: true, duplicate_of: id }])
    expect(await library.store.conversations.list({})).toHaveLength(1)
    await library.put('chat.jsonl', user('Hi!'), { onDuplicate: 'copy' })
    expect(await library.store.conversations.list({})).toHaveLength(2)
    for (const { conversation_id } of await library.store.conversations.list({})) {
      await library.store.conversations.delete(conversation_id)
    }
    const [fresh] = await library.put('chat.jsonl', user('Hi!'), { onDuplicate: 'skip' })
    expect(fresh?.duplicate_of).toBeUndefined()
  })

  test.each([
    ['an empty file', ''],
    ['a picture', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0a, 0x1a, 0x0a, 0, 0])],
    ['other JSON', '{"name":"Mira","description":"A card"}'],
    ['a list of numbers', '[1,2,3]'],
    ['prose', 'Once upon a time\nthere was a file.'],
  ])('is not what %s is: that is refused, and nothing stays of it', async (_what, content) => {
    await using library = await ChatLibrary.open()
    const [result] = await library.put('chat.jsonl', content)
    expect(result).toMatchObject({ ok: false, code: 'invalid', error: expect.any(String) })
    expect(await library.store.conversations.list({})).toEqual([])
    expect(await library.store.trash.list({})).toEqual([])
  })

  test('goes on here: what is said, deleted or reworded later is in its file', async () => {
    await using library = await ChatLibrary.open()
    const text = [HEADER, user('One'), mira('Two'), user('Three')].join('\r\n')
    const id = await library.putOne('chat.jsonl', text)
    const [one, two] = await shown(library, id)
    await library.store.messages.delete(one?.message_id ?? '')
    const wording = {
      content: 'Two again',
      unheard: '',
      is_interrupted: false,
      generation: null,
      tool_uses: [],
    }
    await library.store.messages.addAlternative(two?.message_id ?? '', wording, {
      until: two?.message_id ?? '',
      except: [],
    })
    await library.store.messages.create({ ...aMessageOf(id), content: 'Four' })
    await library.store.conversations.update({ conversation_id: id, author_note: null })
    const lines = (await library.takeText(id)).split('\r\n').map((written) => JSON.parse(written) as unknown)
    expect(lines).toMatchObject([
      { chat_metadata: { note_prompt: '', note_depth: 2 }, character_name: 'unused' },
      { mes: 'Two again', swipes: ['Two', 'Two again'], swipe_id: 1 },
      { mes: 'Three' },
      { name: 'Ren', is_user: true, mes: 'Four' },
    ])
  })
})

const aMessageOf = (conversation_id: string) => ({
  conversation_id,
  role: 'user' as const,
  name: 'Ren',
  character_id: null,
  is_interrupted: false,
  unheard: '',
  is_spoken: false,
  is_excluded: false,
  generation: null,
  tool_uses: [],
})
