import { describe, expect, test } from 'vitest'
import { SeededRandom } from '../../support/seeded-random.ts'
import { exported, imported } from './library.ts'
import { base64, internationalChunk, packedTextChunk, pngOf, textChunk } from './made-files.ts'

type Json = Record<string, unknown>

function clean(): { spec: unknown; spec_version: unknown; data: Json; character_book?: unknown } {
  return {
    spec: 'chara_card_v2',
    spec_version: '2.0',
    data: {
      name: 'Anna',
      description: 'A baker.',
      personality: '',
      scenario: '',
      first_mes: 'Hello',
      mes_example: '',
      creator_notes: '',
      system_prompt: '',
      post_history_instructions: '',
      alternate_greetings: ['Hi'],
      tags: ['a', 'b'],
      creator: '',
      character_version: '1',
      extensions: {},
      character_book: { extensions: {}, entries: [entry(0), entry(1)] },
    },
  }
}

function entry(id: number): Json {
  return {
    id,
    keys: ['key'],
    secondary_keys: [],
    content: 'text',
    enabled: true,
    insertion_order: 5,
    extensions: {},
  }
}

type Card = ReturnType<typeof clean>

function book({ data }: Card): { entries: (Json | null)[] } {
  const found = data['character_book']
  return { entries: [], ...Object(found) }
}

/** What is wrong with cards in the wild, and where the report says so; null: nothing to speak of. */
const DEFECTS: Readonly<Record<string, readonly [(card: Card) => void, string | null]>> = {
  'a book that is null': [(card) => (card.data['character_book'] = null), 'data.character_book'],
  'greetings that are one text': [
    (card) => (card.data['alternate_greetings'] = 'Only one'),
    'data.alternate_greetings',
  ],
  'greetings that are null': [
    (card) => (card.data['alternate_greetings'] = null),
    'data.alternate_greetings',
  ],
  'greetings among which is null': [
    (card) => (card.data['alternate_greetings'] = ['a', null, 7, {}]),
    'data.alternate_greetings',
  ],
  'tags in one line': [(card) => (card.data['tags'] = 'one, two,three'), 'data.tags'],
  'no name': [(card) => (card.data['name'] = ''), 'data.name'],
  'a name that is null': [(card) => (card.data['name'] = null), 'data.name'],
  'a version that is a number': [(card) => (card.data['character_version'] = 1.2), 'data.character_version'],
  'a specification that is a number': [(card) => (card.spec_version = 2), 'spec_version'],
  'no extensions': [(card) => delete card.data['extensions'], 'data.extensions'],
  'extensions that are null': [(card) => (card.data['extensions'] = null), 'data.extensions'],
  'extensions that are a list': [(card) => (card.data['extensions'] = []), 'data.extensions'],
  'entries that are an object': [
    (card) => (card.data['character_book'] = { entries: { 0: entry(0), 1: entry(1) } }),
    'data.character_book.entries',
  ],
  'entries that are null': [
    (card) => (card.data['character_book'] = { entries: null }),
    'data.character_book.entries',
  ],
  'an entry that is null': [(card) => book(card).entries.push(null), 'data.character_book.entries'],
  'a position that is a number': [
    (card) => Object.assign(book(card).entries[0] ?? {}, { position: 4 }),
    'data.character_book.entries[0].position',
  ],
  'keys in one line': [
    (card) => Object.assign(book(card).entries[0] ?? {}, { keys: 'a, b' }),
    'data.character_book.entries[0].keys',
  ],
  'entries with the same id': [(card) => book(card).entries.push(entry(0)), 'data.character_book.entries'],
  'entries without an id': [(card) => delete book(card).entries[0]?.['id'], 'data.character_book.entries'],
  'the book beside the data': [
    (card) => {
      card.character_book = card.data['character_book']
      delete card.data['character_book']
    },
    'character_book',
  ],
  'no greeting at all': [(card) => delete card.data['first_mes'], 'data.first_mes'],
  'a description that is null': [(card) => (card.data['description'] = null), 'data.description'],
  'a description in lines': [(card) => (card.data['description'] = ['one', 'two']), 'data.description'],
  'a description that is an object': [
    (card) => (card.data['description'] = { text: 'x' }),
    'data.description',
  ],
  'a very long description': [
    (card) => (card.data['description'] = 'long '.repeat(450_000)),
    'data.description',
  ],
  'text that was encoded twice': [(card) => (card.data['description'] = 'Itâ€™s me'), 'data.description'],
  'talkativeness out of bounds': [
    (card) => (card.data['extensions'] = { talkativeness: '50' }),
    'data.extensions.talkativeness',
  ],
  'fav as a word': [(card) => (card.data['extensions'] = { fav: 'true' }), 'data.extensions.fav'],
  'no specification': [(card) => delete card.spec, 'spec'],
  'a newer specification': [
    (card) => Object.assign(card, { spec: 'chara_card_v4', spec_version: '4.0' }),
    'spec',
  ],
  'zeros and lone surrogates': [(card) => (card.data['personality'] = 'a\0b\uD800c'), 'data.personality'],
  'markup and scripts': [
    (card) => (card.data['creator_notes'] = '<style>*{}</style><script>alert(1)</script>'),
    null,
  ],
  'a name for no file': [(card) => (card.data['name'] = '../a:b*?"<>|‮🦊'), null],
  'names that objects inherit': [
    (card) => (card.data['extensions'] = JSON.parse('{"__proto__": {"a": 1}, "0": 1}')),
    null,
  ],
}

/** What is wrong with how cards are put into files. */
const WRAPPINGS: Readonly<Record<string, (text: string) => Uint8Array>> = {
  'plain JSON': (text) => Buffer.from(text),
  'a byte order mark and line ends of Windows': (text) =>
    Buffer.from(`\uFEFF${text.replaceAll('\n', '\r\n')}`),
  'zeros at the end': (text) => Buffer.from(`${text}\n\0\0\0`),
  'UTF-16': (text) => Buffer.from(`\uFEFF${text}`, 'utf16le'),
  'a comma too many': (text) => Buffer.from(text.replace(/\}\s*$/, ',}')),
  'a picture': (text) => pngOf([textChunk('chara', base64(text))]),
  'a picture that packs its text': (text) => pngOf([packedTextChunk('chara', base64(text))]),
  'a picture with plain JSON': (text) => pngOf([internationalChunk('chara', text)]),
  'a picture with base64 in lines': (text) =>
    pngOf([textChunk('Chara', base64(text).replaceAll(/.{60}/g, '$&\n'))]),
  'a picture with an old card, too': (text) =>
    pngOf([textChunk('chara', base64('{"name":"Old","description":"x"}')), textChunk('chara', base64(text))]),
}

describe('a card in which something is wrong', () => {
  test.each(Object.entries(DEFECTS))('%s: is read, and told of', async (_, [spoil, path]) => {
    const card = clean()
    spoil(card)
    const text = JSON.stringify(card, undefined, 2)
    const anna = await imported(text, 'Anna.json')
    const { repaired, ignored } = anna.read.report
    const told = [...repaired, ...ignored].map((line) => line.path)
    expect(told.slice(0, 1)).toEqual(path === null ? [] : [path])
    expect(Buffer.from(await exported(anna)).toString()).toBe(text)
  })

  test.each(Object.entries(WRAPPINGS))('%s: is read', async (_, wrap) => {
    const anna = await imported(wrap(JSON.stringify(clean(), undefined, 2)), 'x.png')
    expect(anna.character).toMatchObject({ name: 'Anna', tags: ['a', 'b'], alternate_greetings: ['Hi'] })
    expect(anna.lorebook?.entries).toHaveLength(2)
    const after = await imported(await exported(anna, { character: { name: 'Anne' } }), 'x.png')
    expect(after.character).toEqual({ ...anna.character, name: 'Anne' })
  })

  test('repairs what can be meant in one way only', async () => {
    const card = clean()
    card.data['tags'] = 'one, two,three'
    card.data['alternate_greetings'] = ['a', null, 7, {}]
    card.data['character_version'] = 1.5
    card.data['character_book'] = { entries: { 7: { ...entry(7), keys: 'x, y', position: 4 } } }
    const { character, lorebook } = await imported(JSON.stringify(card))
    expect(character).toMatchObject({
      tags: ['one', 'two', 'three'],
      alternate_greetings: ['a', '7'],
      character_version: '1.5',
    })
    expect(lorebook).toMatchObject({
      name: 'Anna',
      entries: [{ id: '7', keys: ['x', 'y'], position: 'at_depth', order: 5 }],
    })
  })

  test('at least 999 of 1000 with several things wrong at once are read, with a report', async () => {
    const random = new SeededRandom(7)
    const pick = <One>(from: readonly One[]): One[] => from.slice(random.below(from.length)).slice(0, 1)
    const failures: unknown[] = []
    let reported = 0
    for (let number = 0; number < 3_000; number += 1) {
      const card = clean()
      const names = Array.from({ length: 1 + random.below(4) }, () => pick(Object.keys(DEFECTS))).flat()
      const defects = names.filter((name) => name !== 'a very long description' || random.chance(0.05))
      try {
        for (const name of defects) DEFECTS[name]?.[0](card)
      } catch {
        // One made the other impossible: an entry of a book that is gone.
      }
      try {
        const [file = Buffer.alloc(0)] = pick(Object.values(WRAPPINGS)).map((wrap) =>
          wrap(JSON.stringify(card)),
        )
        const { read } = await imported(file, 'Some Name.png')
        reported += Number(read.report.repaired.length + read.report.ignored.length > 0)
      } catch (error) {
        failures.push([defects, String(error)])
      }
    }
    expect(failures).toEqual([])
    expect(reported).toBeGreaterThan(2_700)
  })
})
