import { describe, expect, test } from 'vitest'
import { readCard } from '../../../backend/cards/read-card.ts'
import { writeCard } from '../../../backend/cards/write-card.ts'
import { differences, exported, imported, NOW, stored } from './library.ts'
import { base64, cardIn, cardPng, chunksIn, pngOf, textChunk, zipOf } from './made-files.ts'

const ENTRY = {
  id: 'word',
  keys: ['k'],
  content: '@@depth 2\n@@role user\nDeep.',
  extensions: { a: 1 },
  enabled: true,
  insertion_order: 1,
  use_regex: false,
}
const V3 = {
  spec: 'chara_card_v3',
  spec_version: '3.0',
  future: true,
  data: {
    name: 'Anna',
    description: 'd',
    personality: '',
    scenario: '',
    first_mes: 'Hi',
    mes_example: '',
    creator_notes: 'by me',
    system_prompt: '',
    post_history_instructions: '',
    alternate_greetings: [],
    tags: [],
    creator: '',
    character_version: '',
    extensions: { mine: { x: 1 } },
    group_only_greetings: ['All!'],
    nickname: 'An',
    source: ['s'],
    creation_date: 5,
    modification_date: 6,
    creator_notes_multilingual: { de: 'von mir' },
    character_book: { extensions: {}, entries: [ENTRY] },
    future_v4_field: [1],
  },
}
const V2 = {
  spec: 'chara_card_v2',
  spec_version: '2.0',
  data: {
    ...V3.data,
    name: 'Bea',
    nickname: undefined,
    group_only_greetings: undefined,
    character_book: { entries: [{ ...ENTRY, id: 3, use_regex: undefined, content: 'plain' }] },
  },
}

describe('a card in another version or another file', () => {
  test('of version 3 in a picture has a copy of version 2, for programs that know no better', async () => {
    const anna = await imported(JSON.stringify(V3), 'anna.json')
    const png = await exported(anna, { format: 'png', picture: pngOf([textChunk('Comment', 'mine')]) })
    expect(chunksIn(png).map(({ type }) => type)).toEqual([
      'IHDR',
      'pHYs',
      'IDAT',
      'tEXt',
      'tEXt',
      'tEXt',
      'IEND',
    ])
    expect(cardIn(png)).toEqual(V3)
    const copy = cardIn(png, 'chara')
    expect(copy).toMatchObject({
      spec: 'chara_card_v2',
      spec_version: '2.0',
      future: true,
      data: {
        extensions: { mine: { x: 1 } },
        future_v4_field: [1],
        creator_notes: expect.stringMatching(/^This character card is Character Card V3[^]*by me$/),
        character_book: { entries: [{ id: 0, content: 'Deep.', extensions: { a: 1 } }] },
      },
    })
    const gone = [
      'nickname',
      'source',
      'group_only_greetings',
      'creation_date',
      'modification_date',
      'assets',
    ]
    expect(Object.keys(Object(copy).data).filter((name) => gone.includes(name))).toEqual([])
    expect(Object(copy).data.character_book.entries[0]).not.toHaveProperty('use_regex')
    // Once more gives the same file.
    expect(Buffer.compare(await exported(anna, { format: 'png', picture: png }), png)).toBe(0)
  })

  test('of version 2 in a picture stays one, and has a copy of version 3 once it is edited', async () => {
    const text = JSON.stringify(V2)
    const bea = await imported(cardPng(text))
    const after = await exported(bea, { character: { scenario: 'new' } })
    expect(differences(JSON.parse(text), cardIn(after, 'chara'))).toEqual(['data.scenario'])
    const newer = differences(JSON.parse(text), cardIn(after))
    expect(newer).toEqual([
      'spec',
      'spec_version',
      'data.scenario',
      'data.character_book.entries[0].use_regex',
      'data.group_only_greetings',
    ])
  })

  test('that has both in its picture keeps both, with the same edit', async () => {
    const older = { ...V2, data: { ...V2.data, name: 'Anna', own: 'only here' } }
    const anna = await imported(
      pngOf([
        textChunk('chara', base64(JSON.stringify(older))),
        textChunk('ccv3', base64(JSON.stringify(V3))),
      ]),
    )
    const after = await exported(anna, { character: { description: 'edited', nickname: 'Nan' } })
    expect(differences(JSON.parse(JSON.stringify(older)), cardIn(after, 'chara'))).toEqual([
      'data.description',
    ])
    expect(differences(V3, cardIn(after))).toEqual([
      'data.description',
      'data.nickname',
      'data.modification_date',
    ])
    expect(cardIn(after)).toMatchObject({ data: { modification_date: NOW.getTime() / 1_000 } })
  })

  test('of version 1 becomes one of version 3 in a picture, and keeps what it was', async () => {
    const flat = {
      name: 'Bo',
      description: 'd',
      first_mes: 'f',
      create_date: '2024-10-18 @20h 52m 17s 123ms',
      chat: 'x',
      tags: ['t'],
    }
    const bo = await imported(JSON.stringify(flat), 'bo.json')
    const png = await exported(bo, { format: 'png' })
    expect(cardIn(png, 'chara')).toEqual(flat)
    expect(cardIn(png)).toMatchObject({
      ...flat,
      spec: 'chara_card_v3',
      data: { name: 'Bo', tags: ['t'], creation_date: 1_729_284_737 },
    })
    expect((await imported(png)).character).toEqual(bo.character)
  })

  test('of YAML or Pygmalion becomes one of version 3, and keeps what it was', async () => {
    const yaml = await imported('name: Y\ngreeting: Hi\ncontext: c\nmine: [1, 2]\n', 'y.yaml')
    const json: unknown = JSON.parse(Buffer.from(await exported(yaml)).toString())
    expect(json).toMatchObject({
      spec: 'chara_card_v3',
      mine: [1, 2],
      data: { name: 'Y', first_mes: 'Hi', description: 'c' },
    })
    const pygmalion = await imported(JSON.stringify({ char_name: 'P', char_persona: 'p', x: 1 }), 'p.json')
    expect(
      JSON.parse(Buffer.from(await exported(pygmalion, { character: { description: 'q' } })).toString()),
    ).toEqual({ char_name: 'P', char_persona: 'q', x: 1 })
    const png = await exported(pygmalion, { format: 'png' })
    expect((await imported(png)).character).toEqual(pygmalion.character)
  })

  test('goes from a picture into an archive and back, with its pictures', async () => {
    const withEmotion = {
      ...V3,
      data: {
        ...V3.data,
        assets: [
          { type: 'icon', name: 'main', ext: 'png', uri: 'ccdefault:' },
          { type: 'emotion', name: 'So Happy!', ext: 'png', uri: `data:image/png;base64,${base64('smile')}` },
        ],
      },
    }
    const anna = await imported(cardPng(JSON.stringify(withEmotion), 'ccv3'))
    const archive = await imported(await exported(anna, { format: 'charx' }), 'a.charx')
    expect(archive.character).toEqual(anna.character)
    expect(archive.read.assets.map(({ type, name, bytes }) => [type, name, bytes?.length])).toEqual([
      ['icon', 'main', anna.bytes.length],
      ['emotion', 'So Happy!', 5],
    ])
    const back = await imported(await exported(archive, { format: 'png', picture: anna.bytes }))
    expect(back.character).toEqual(anna.character)
    expect(
      back.read.assets.map(({ name, bytes }) => [
        name,
        name === 'main' ? null : Buffer.from(bytes ?? []).toString(),
      ]),
    ).toEqual([
      ['main', null],
      ['So Happy!', 'smile'],
    ])
  })

  test('gets another picture when somebody chose one', async () => {
    const other = pngOf([textChunk('Title', 'other')])
    const anna = await imported(cardPng(JSON.stringify(V3), 'ccv3'))
    const png = await exported(anna, { picture: other, isPictureNew: true })
    expect(Buffer.from(png).includes('other')).toBe(true)
    expect(cardIn(png)).toEqual(V3)
    const zip = await imported(await zipOf({ 'card.json': JSON.stringify(V3), 'x.txt': 'mine' }), 'a.charx')
    const archive = await imported(await exported(zip, { picture: other, isPictureNew: true }), 'a.charx')
    expect(archive.read.assets[0]?.bytes).toEqual(other)
    await expect(exported(anna, { picture: Buffer.from('no png') })).rejects.toThrow('PNG')
  })

  test('of a character that was made here is one of version 3, in every kind of file', async () => {
    const { character: draft } = await readCard(
      Buffer.from('{"name":"New","description":"d","first_mes":"Hi"}'),
      'x.json',
    )
    const character = { ...stored(draft), tags: ['mine'], color: '#336699', nickname: 'N' }
    for (const format of ['png', 'json', 'charx'] as const) {
      const card = { format, character, lorebook: null, original: null, picture: null, assets: [], now: NOW }
      const bytes = await writeCard(card)
      expect(Buffer.compare(await writeCard(card), bytes)).toBe(0)
      const { read, character: again } = await imported(bytes, 'new')
      expect({ spec: read.spec, again }).toEqual({ spec: 'v3', again: character })
      expect(read.assets.map(({ name }) => name)).toEqual(format === 'json' ? [] : ['main'])
    }
  })
})
