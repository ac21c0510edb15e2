import { describe, expect, test } from 'vitest'
import { LoreEntry } from '#shared/entities.ts'
import { readLorebook } from '../../../backend/cards/read-lorebook.ts'
import { writeLorebook } from '../../../backend/cards/write-lorebook.ts'
import { differences, exported, imported, storedBook } from './library.ts'
import { base64, pngOf, textChunk } from './made-files.ts'

const TAVERN = {
  entries: {
    '0': {
      uid: 0,
      key: ['dragon', '/wyrm\\d/i'],
      keysecondary: ['fire'],
      comment: 'Dragons',
      content: 'They fly.',
      constant: false,
      vectorized: false,
      selective: true,
      selectiveLogic: 3,
      addMemo: true,
      order: 90,
      position: 4,
      disable: true,
      excludeRecursion: true,
      preventRecursion: false,
      delayUntilRecursion: 2,
      probability: 40,
      useProbability: true,
      depth: 6,
      group: 'beasts',
      groupOverride: true,
      groupWeight: 50,
      scanDepth: 8,
      caseSensitive: null,
      matchWholeWords: false,
      useGroupScoring: null,
      automationId: 'x',
      role: 2,
      sticky: 3,
      cooldown: null,
      delay: 0,
      displayIndex: 0,
      characterFilter: { isExclude: true, names: ['Anna'], tags: ['t'] },
    },
    '5': { uid: 5, key: ['plain'], content: 'Only this.', futureField: [1.0] },
  },
  originalData: { name: 'x' },
}
const NOVELAI = {
  lorebookVersion: 5,
  entries: [
    {
      text: 'A town.',
      displayName: 'Town',
      keys: ['town'],
      enabled: false,
      contextConfig: { budgetPriority: 400, prefix: '' },
      id: 'abc-1',
      forceActivation: true,
    },
  ],
}
const AGNAI = {
  kind: 'memory',
  name: 'World',
  description: 'd',
  entries: [
    { name: 'King', entry: 'Rules.', keywords: ['king', 'a, b'], priority: 10, weight: 3, enabled: true },
  ],
}
const RISU = {
  type: 'risu',
  ver: 1,
  data: [
    { key: '', comment: 'Folder', content: '', mode: 'folder', insertorder: 100 },
    {
      key: 'sea, ship',
      secondkey: 'storm',
      insertorder: 30,
      comment: 'Sea',
      content: '@@depth 2\nDeep.',
      mode: 'normal',
      alwaysActive: true,
      selective: true,
      activationPercent: 55,
    },
  ],
}
const V3 = {
  spec: 'lorebook_v3',
  data: {
    name: 'Third',
    scan_depth: 7,
    token_budget: 300,
    recursive_scanning: true,
    extensions: { other: 1 },
    entries: [
      {
        id: 'text-id',
        keys: ['a/b', '/c+/'],
        use_regex: true,
        content: 'x',
        extensions: {},
        enabled: true,
        insertion_order: 1,
        case_sensitive: true,
        constant: false,
      },
      {
        keys: ['with, comma'],
        use_regex: true,
        content: '@@role user\ny',
        extensions: { display_index: 1 },
        enabled: false,
        insertion_order: 2,
        secondary_keys: [],
        selective: true,
      },
    ],
  },
}
const FILES = { sillytavern: TAVERN, novelai: NOVELAI, agnai: AGNAI, risu: RISU, lorebook_v3: V3 }

async function read(value: unknown) {
  const text = JSON.stringify(value, undefined, 4)
  const result = await readLorebook(Buffer.from(text), 'My World.json')
  return {
    ...result,
    book: storedBook(result.lorebook),
    original: { json: result.json, format: result.format },
  }
}

describe('readLorebook()', () => {
  test('reads all that SillyTavern says of an entry', async () => {
    const { book, format, report } = await read(TAVERN)
    expect(format).toBe('sillytavern')
    expect(book.name).toBe('My World')
    expect(book.entries[0]).toEqual(
      LoreEntry.parse({
        id: '0',
        name: 'Dragons',
        keys: ['dragon', '/wyrm\\d/i'],
        secondary_keys: ['fire'],
        secondary_logic: 'all',
        content: 'They fly.',
        is_enabled: false,
        order: 90,
        position: 'at_depth',
        depth: 6,
        role: 'assistant',
        scan_depth: 8,
        matches_whole_words: false,
        probability: 40,
        group: 'beasts',
        group_weight: 50,
        is_group_override: true,
        is_excluded_from_recursion: true,
        delay_until_recursion: 2,
        sticky: 3,
        character_filter: ['Anna'],
        is_character_filter_inverted: true,
      }),
    )
    expect(book.entries[1]).toEqual(LoreEntry.parse({ id: '5', keys: ['plain'], content: 'Only this.' }))
    expect(report.kept).toContainEqual({ path: 'entries.*.futureField' })
  })

  test('reads NovelAI, Agnai, Risu and version 3', async () => {
    expect((await read(NOVELAI)).book.entries).toEqual([
      LoreEntry.parse({
        id: 'abc-1',
        name: 'Town',
        keys: ['town'],
        content: 'A town.',
        is_enabled: false,
        is_constant: true,
        order: 400,
      }),
    ])
    expect((await read(AGNAI)).book).toMatchObject({
      name: 'World',
      description: 'd',
      entries: [{ name: 'King', content: 'Rules.', keys: ['king', 'a, b'], order: 3 }],
    })
    expect((await read(RISU)).book.entries).toEqual([
      LoreEntry.parse({
        id: '1',
        name: 'Sea',
        keys: ['sea', 'ship'],
        secondary_keys: ['storm'],
        content: '@@depth 2\nDeep.',
        is_constant: true,
        order: 30,
        probability: 55,
      }),
    ])
    expect((await read(V3)).book).toMatchObject({
      name: 'Third',
      scan_depth: 7,
      token_budget: 300,
      is_recursive: true,
      entries: [
        { id: 'text-id', keys: ['/a/b/', '/c+/'], is_case_sensitive: true },
        { id: '1', keys: ['with, comma'], secondary_keys: [], is_enabled: false },
      ],
    })
  })

  test('finds a book in a picture of NovelAI, and inside of a card', async () => {
    const picture = pngOf([textChunk('naidata', base64(JSON.stringify(NOVELAI)))])
    expect(await readLorebook(picture, 'x.png')).toMatchObject({ format: 'novelai', lorebook: { name: 'x' } })
    const card = {
      spec: 'chara_card_v2',
      data: { name: 'A', character_book: { name: 'Inside', entries: [] } },
    }
    expect(await readLorebook(Buffer.from(JSON.stringify(card)), 'x.json')).toMatchObject({
      format: 'card',
      lorebook: { name: 'Inside' },
    })
    await expect(readLorebook(Buffer.from('{"a":1}'), 'x.json')).rejects.toThrow('holds no lorebook')
    await expect(readLorebook(Buffer.from('[oops'), 'x.json')).rejects.toThrow('cannot be read')
  })
})

describe('writeLorebook()', () => {
  test.each(Object.entries(FILES))(
    'gives a file of %s back as it was, and changes only what was edited',
    async (_, value) => {
      const { book, original, json } = await read(value)
      expect(writeLorebook(book, original)).toBe(json)
      const [first, ...others] = book.entries
      if (!first) throw new Error('The book has no entry')
      const edited = {
        ...book,
        entries: [{ ...first, content: 'New "words"', sticky: 9, outlet: 'o' }, ...others],
      }
      const text = writeLorebook(edited, original)
      const again = await readLorebook(Buffer.from(text), 'My World.json')
      expect(again.lorebook.entries).toEqual(edited.entries)
      const paths = differences(value, JSON.parse(text))
      expect(
        paths.every((path) => /(content|text|entry|sticky|outlet_name|outletName|troupe)$/.test(path)),
      ).toBe(true)
    },
  )

  test.each(Object.entries(FILES))(
    'takes entries out of a file of %s and puts new ones in',
    async (_, value) => {
      const { book, original } = await read(value)
      const fresh = LoreEntry.parse({
        id: 'c0ffee',
        name: 'New',
        keys: ['new', '/re/i'],
        content: 'c',
        position: 'note_top',
        is_enabled: false,
        secondary_keys: ['s'],
      })
      const edited = { ...book, entries: [...book.entries.slice(1), fresh] }
      const again = await readLorebook(Buffer.from(writeLorebook(edited, original)), 'My World.json')
      expect(again.lorebook.entries.map((entry) => ({ ...entry, id: '' }))).toEqual(
        edited.entries.map((entry) => ({ ...entry, id: '' })),
      )
      expect(new Set(again.lorebook.entries.map(({ id }) => id)).size).toBe(edited.entries.length)
    },
  )

  test('writes a book that was made here as one of version 3, and reads it back', async () => {
    const { book } = await read(TAVERN)
    const text = writeLorebook({ ...book, is_case_sensitive: true, description: 'mine' }, null)
    expect(JSON.parse(text)).toMatchObject({ spec: 'lorebook_v3', data: { name: 'My World' } })
    const again = await readLorebook(Buffer.from(text), 'other.json')
    expect(again.lorebook).toEqual({
      ...(await read(TAVERN)).lorebook,
      is_case_sensitive: true,
      description: 'mine',
    })
  })
})

describe('the book of a card', () => {
  const card = {
    spec: 'chara_card_v3',
    spec_version: '3.0',
    data: { name: 'A', extensions: {}, group_only_greetings: [] },
  }

  test('can be put into a card that had none, taken out, and comes along when the card is copied', async () => {
    const plain = await imported(JSON.stringify(card), 'a.json')
    const lorebook = (await read(TAVERN)).book
    const withBook = await imported(await exported(plain, { lorebook }), 'a.json')
    expect(withBook.lorebook?.entries).toEqual(lorebook.entries)
    for (const format of ['png', 'charx'] as const) {
      const copy = await imported(await exported(withBook, { format }), 'a')
      expect(copy.lorebook).toEqual(withBook.lorebook)
    }
    const without = await exported(withBook, { lorebook: null })
    expect(JSON.parse(Buffer.from(without).toString())).toEqual(card)
  })

  test('may be written in the words of a file of SillyTavern', async () => {
    const odd = { ...card, data: { ...card.data, character_book: TAVERN } }
    const { lorebook, bytes, ...from } = await imported(JSON.stringify(odd), 'a.json')
    expect(lorebook?.entries).toEqual((await read(TAVERN)).book.entries)
    expect(Buffer.compare(await exported({ ...from, bytes, lorebook }), bytes)).toBe(0)
  })
})
