import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { ChatLibrary } from '../../support/chat-library.ts'
import { aCharacter } from '../store/support.ts'

const Line = z.record(z.string(), z.unknown())

/** Who said what, in short. */
async function script(library: ChatLibrary, content: unknown): Promise<string[][]> {
  const results = await library.put(
    'chat.json',
    typeof content === 'string' ? content : JSON.stringify(content),
  )
  const scripts: string[][] = []
  for (const { ok, conversation, error } of results) {
    expect(ok, `${error}`).toBe(true)
    const messages = await library.store.messages.list({
      conversation_id: conversation?.conversation_id ?? '',
    })
    scripts.push(messages.map(({ role, name, content: text }) => `${role} ${name}: ${text}`))
  }
  return scripts
}

describe('chats of other programs', () => {
  test('CAI Tools: each of the chats in the file', async () => {
    await using library = await ChatLibrary.open()
    const mira = { src: { is_human: false, name: 'Mira' }, text: 'Hello.' }
    const user = { src: { is_human: true, name: 'Ren' }, text: 'Hi!' }
    const file = {
      info: { character: { name: 'Mira' } },
      histories: { histories: [{ msgs: [mira, user] }, { msgs: [mira] }] },
    }
    expect(await script(library, file)).toEqual([
      ['assistant Mira: Hello.', 'user Ren: Hi!'],
      ['assistant Mira: Hello.'],
    ])
    expect((await library.store.conversations.list({})).map(({ title }) => title).toSorted()).toEqual([
      'chat 1',
      'chat 2',
    ])
  })

  test('text-generation-webui: pairs, with their dates', async () => {
    await using library = await ChatLibrary.open()
    const file = {
      internal: [['<|BEGIN-VISIBLE-CHAT|>', 'Hello.']],
      visible: [
        ['', 'Hello.'],
        ['Is 1 &lt; 2 &amp; true?', 'It&#x27;s so.'],
      ],
      metadata: { user_1: { timestamp: 'Oct 18, 2024 20:52' } },
    }
    expect(await script(library, file)).toEqual([
      ['assistant : Hello.', 'user : Is 1 < 2 & true?', "assistant : It's so."],
    ])
    const [conversation] = await library.store.conversations.list({})
    const messages = await library.store.messages.list({
      conversation_id: conversation?.conversation_id ?? '',
    })
    expect(messages[1]?.created_at).toBe(new Date(2024, 9, 18, 20, 52).toISOString())
    expect(await script(library, { data_visible: [['Hi', 'Ho']] })).toEqual([['user : Hi', 'assistant : Ho']])
  })

  test('Agnai: other answers become alternatives', async () => {
    await using library = await ChatLibrary.open()
    const file = {
      name: 'By the sea',
      messages: [
        {
          characterId: 'c',
          handle: 'Mira',
          msg: 'Hello.',
          retries: ['Hi.'],
          createdAt: '2024-10-18T20:52:17.000Z',
        },
        { userId: 'u', handle: 'Ren', msg: 'Hi!' },
      ],
    }
    expect(await script(library, file)).toEqual([['assistant Mira: Hello.', 'user Ren: Hi!']])
    const [conversation] = await library.store.conversations.list({})
    expect(conversation).toMatchObject({ title: 'By the sea', created_at: '2024-10-18T20:52:17.000Z' })
    const messages = await library.store.messages.list({
      conversation_id: conversation?.conversation_id ?? '',
    })
    expect(messages[0]).toMatchObject({ alternative_count: 2, alternative_index: 0 })
  })

  test('RisuAI: what it hides is hidden', async () => {
    await using library = await ChatLibrary.open()
    const message = [
      { role: 'user', data: 'Old' },
      { role: 'char', data: 'Cut', disabled: 'allBefore' },
      { role: 'user', data: 'Hi!', time: 1_729_284_737_123 },
      { role: 'char', data: 'Off', disabled: true },
      { role: 'char', data: 'A remark', isComment: true },
    ]
    const file = {
      type: 'risuChat',
      ver: 2,
      data: { name: 'Chat 1', message, note: 'Be brief.', fmIndex: -1 },
    }
    const [result] = await library.put('risu.json', JSON.stringify(file))
    expect(result).toMatchObject({ conversation: { title: 'Chat 1', author_note: { text: 'Be brief.' } } })
    const messages = await library.store.messages.list({
      conversation_id: result?.conversation?.conversation_id ?? '',
    })
    expect(messages.map(({ role, is_excluded }) => [role, is_excluded])).toEqual([
      ['user', true],
      ['assistant', false],
      ['user', false],
      ['assistant', true],
      ['system', true],
    ])
  })

  test('KoboldAI Lite: whose turn each part is', async () => {
    await using library = await ChatLibrary.open()
    const file = {
      savedsettings: { chatname: 'Ren', chatopponent: 'Mira||$||Felix' },
      prompt: 'The inn is warm.',
      actions: ['\n{{[INPUT]}}\nHello?\n', '{{[OUTPUT]}}Felix: Over here!', 'Mira: And here.'],
    }
    expect(await script(library, file)).toEqual([
      [
        'assistant Mira: The inn is warm.',
        'user Ren: Hello?',
        'assistant Felix: Over here!',
        'assistant Mira: And here.',
      ],
    ])
  })

  test('a plain list of messages, as many programs and models have it', async () => {
    await using library = await ChatLibrary.open()
    const list = [
      { role: 'system', content: 'Rain.' },
      { role: 'user', content: 'Hi!' },
      { role: 'assistant', content: 'Hello.' },
    ]
    const expected = [['system : Rain.', 'user : Hi!', 'assistant : Hello.']]
    expect(await script(library, list)).toEqual(expected)
    expect(await script(library, { messages: list })).toEqual(expected)
    expect(await script(library, list.map((one) => JSON.stringify(one)).join('\n'))).toEqual(expected)
  })

  test('the file itself is kept, as not everything in it has a place here', async () => {
    await using library = await ChatLibrary.open()
    await script(library, { data_visible: [['Hi', 'Ho']] })
    expect(library.kept).toHaveLength(1)
  })
})

/** One who speaks, swiped twice, with something said behind each wording. */
async function grown(library: ChatLibrary): Promise<string> {
  const { id } = await library.store.characters.create(aCharacter('Mira'))
  const header = '{"chat_metadata":{},"user_name":"unused","character_name":"unused"}\n'
  const conversation_id = await library.putOne(
    'Tale.jsonl',
    `${header}{"name":"Ren","is_user":true,"mes":"One"}\n{"name":"Mira","is_user":false,"mes":"Two"}`,
  )
  const say = async (content: string) => {
    const heard = {
      is_interrupted: true,
      unheard: ' and more',
      is_spoken: true,
      is_excluded: false,
      generation: { model: 'm', ttft_ms: 12 },
    }
    const tool_uses = [
      { name: 'roll_dice', arguments: { sides: 6 }, result: '4', is_error: false, duration_ms: 3 },
    ]
    return await library.store.messages.create({
      conversation_id,
      role: 'assistant',
      name: 'Mira',
      content,
      character_id: id,
      ...heard,
      tool_uses,
    })
  }
  const [, two] = await library.store.messages.list({ conversation_id })
  const message_id = two?.message_id ?? ''
  const behind = await say('Behind two')
  await library.store.messages.addAlternative(message_id, {
    content: 'Two B',
    unheard: '',
    is_interrupted: false,
    generation: null,
    tool_uses: [],
  })
  const three = await say('Behind two B')
  await say('Behind that')
  await library.store.messages.addAlternative(three.message_id, {
    content: 'Three B',
    unheard: '',
    is_interrupted: false,
    generation: null,
    tool_uses: [],
  })
  await say('The end')
  await library.store.messages.selectAlternative(message_id, 0)
  const summary = { summary: 'A tale.', summary_until: behind.message_id }
  await library.store.conversations.update({ conversation_id, ...summary, title: 'A tale: of "two"' })
  return conversation_id
}

describe('our own file', () => {
  test('holds everything, and comes out as the bytes that went in', async () => {
    await using library = await ChatLibrary.open()
    const id = await grown(library)
    const written = await library.takeText(id, 'json')
    const copy = await library.putOne('tale.json', written)
    expect(await library.takeText(copy, 'json')).toBe(written)
    const reformatted = JSON.stringify(JSON.parse(written), undefined, 2)
    const other = await library.putOne('tale.json', reformatted)
    expect(await library.takeText(other, 'json')).toBe(written)
    const [, two, behind] = await library.store.messages.list({ conversation_id: copy })
    const restored = { summary: 'A tale.', summary_until: behind?.message_id, title: 'A tale: of "two"' }
    expect(await library.store.conversations.get(copy)).toMatchObject(restored)
    // The other way through it is still there.
    await library.store.messages.selectAlternative(two?.message_id ?? '', 1)
    const contents = (await library.store.messages.list({ conversation_id: copy })).map(
      ({ content }) => content,
    )
    expect(contents).toEqual(['One', 'Two B', 'Three B', 'The end'])
  })

  test('that is cut off anywhere is refused as a whole', async () => {
    await using library = await ChatLibrary.open()
    const written = await library.takeText(await grown(library), 'json')
    for (const share of [0.02, 0.2, 0.5, 0.8, 0.995]) {
      const [result] = await library.put('tale.json', written.slice(0, Math.floor(written.length * share)))
      expect(result).toMatchObject({ ok: false, code: 'invalid' })
    }
    expect(await library.store.conversations.list({})).toHaveLength(1)
    expect(await library.store.trash.list({})).toEqual([])
  })

  test('finds its characters by name in another library', async () => {
    await using library = await ChatLibrary.open()
    const written = await library.takeText(await grown(library), 'json')
    await using other = await ChatLibrary.open()
    const felix = await other.store.characters.create(aCharacter('Felix'))
    const mira = await other.store.characters.create({ ...aCharacter('Mira'), nickname: 'M' })
    expect(felix.id).not.toBe(mira.id)
    const [result] = await other.put('tale.json', written)
    expect(result).toMatchObject({ unmatched: [], conversation: { active_characters: [mira.id] } })
  })

  test('has side branches as further files of SillyTavern', async () => {
    await using library = await ChatLibrary.open()
    const id = await grown(library)
    const files = await library.takeBranches(id)
    const lines = (name: string) =>
      (files.get(name) ?? '').split('\n').map((line) => Line.parse(JSON.parse(line)))
    const main = 'A tale of two'
    expect([...files.keys()]).toEqual([
      `${main}.jsonl`,
      `${main} - Branch #1.jsonl`,
      `${main} - Branch #2.jsonl`,
    ])
    expect(lines(`${main}.jsonl`)).toMatchObject([
      {},
      { mes: 'One' },
      { mes: 'Two', extra: { branches: [`${main} - Branch #1`] } },
      { mes: 'Behind two' },
    ])
    const texts = (name: string) =>
      lines(name)
        .slice(1)
        .map(({ mes }) => mes)
    expect(texts(`${main} - Branch #1.jsonl`)).toEqual(['One', 'Two B', 'Three B', 'The end'])
    expect(texts(`${main} - Branch #2.jsonl`)).toEqual(['One', 'Two B', 'Behind two B', 'Behind that'])
    expect(lines(`${main} - Branch #1.jsonl`)[0]).toMatchObject({ chat_metadata: { main_chat: main } })
  })

  test('can be read by people', async () => {
    await using library = await ChatLibrary.open()
    const text = await library.takeText(await grown(library), 'md')
    expect(text).toContain('# A tale: of "two"')
    expect(text).toMatch(/## \d{4}-\d\d-\d\d/)
    expect(text).toContain('**Ren** · ')
    expect(text).toContain('Behind two ~~and more~~ —')
    expect(text).not.toContain('Two B')
  })
})
