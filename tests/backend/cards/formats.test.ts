import { describe, expect, test } from 'vitest'
import { imported, exported, differences } from './library.ts'
import {
  base64,
  cardIn,
  cardPng,
  internationalChunk,
  packedTextChunk,
  pngOf,
  textChunk,
  zipOf,
} from './made-files.ts'

const V2 = {
  spec: 'chara_card_v2',
  spec_version: '2.0',
  data: {
    name: 'Anna',
    description: 'A baker.',
    personality: 'warm',
    scenario: 'In her shop.',
    first_mes: 'Good morning!',
    mes_example: '<START>\n{{user}}: Hi',
    creator_notes: 'notes',
    system_prompt: '{{original}}',
    post_history_instructions: 'stay in character',
    alternate_greetings: ['Hello.', 'Hm?'],
    tags: ['baker', 'cosy'],
    creator: 'me',
    character_version: '1.2',
    extensions: {
      talkativeness: '0.7',
      fav: 'true',
      depth_prompt: { prompt: 'She hums.', depth: '3', role: 'user' },
      'chub/id': 12,
    },
    future_field: { a: 1 },
  },
}

const json = (value: unknown): string => JSON.stringify(value, undefined, 4)

describe('readCard()', () => {
  test('reads all that a card of version 2 says', async () => {
    const { read } = await imported(json(V2), 'anna.json')
    expect(read).toMatchObject({ format: 'json', spec: 'v2', lorebook: null, assets: [] })
    expect(read.character).toMatchObject({
      name: 'Anna',
      description: 'A baker.',
      first_message: 'Good morning!',
      message_examples: '<START>\n{{user}}: Hi',
      alternate_greetings: ['Hello.', 'Hm?'],
      tags: ['baker', 'cosy'],
      talkativeness: 0.7,
      is_favourite: true,
      depth_prompt: { text: 'She hums.', depth: 3, role: 'user' },
      creator: 'me',
      character_version: '1.2',
      voice_id: null,
      lorebook_ids: [],
      image_url: null,
      images: [],
    })
    expect(read.report.kept).toEqual([{ path: 'data.extensions.chub/id' }, { path: 'data.future_field' }])
  })

  test('reads cards of version 1, of Pygmalion, and the YAML of text-generation-webui', async () => {
    const flat = await imported(
      json({ name: 'Bo', description: 'd', first_mes: 'f', creatorcomment: 'c', talkativeness: 1 }),
    )
    expect(flat.read.spec).toBe('v1')
    expect(flat.character).toMatchObject({
      name: 'Bo',
      description: 'd',
      first_message: 'f',
      creator_notes: 'c',
      talkativeness: 1,
    })
    const pygmalion = await imported(
      json({
        char_name: 'P',
        char_persona: 'p',
        char_greeting: 'g',
        example_dialogue: 'e',
        world_scenario: 'w',
      }),
    )
    expect(pygmalion.read.spec).toBe('pygmalion')
    expect(pygmalion.character).toMatchObject({
      name: 'P',
      description: 'p',
      first_message: 'g',
      message_examples: 'e',
      scenario: 'w',
    })
    const yaml = await imported('name: Y\ngreeting: |-\n  Hi\n  there\ncontext: A person.\n', 'y.yaml')
    expect(yaml.read).toMatchObject({ format: 'yaml', spec: 'text' })
    expect(yaml.character).toMatchObject({ name: 'Y', first_message: 'Hi\nthere', description: 'A person.' })
  })

  test('takes the card of version 3 of a picture that has both, and says where copies differ', async () => {
    const newer = {
      ...V2,
      spec: 'chara_card_v3',
      spec_version: '3.0',
      data: { ...V2.data, name: 'Anna III', nickname: 'An' },
    }
    const { read } = await imported(
      pngOf([textChunk('chara', base64(json(V2))), textChunk('ccv3', base64(json(newer)))]),
    )
    expect(read).toMatchObject({ format: 'png', spec: 'v3', character: { name: 'Anna III', nickname: 'An' } })
    expect(read.assets[0]).toMatchObject({ type: 'icon', name: 'main', ext: 'png' })
  })

  test.each([
    ['zTXt', packedTextChunk('chara', base64(json(V2)))],
    ['iTXt with plain JSON', internationalChunk('chara', json(V2))],
    ['iTXt that is packed', internationalChunk('chara', base64(json(V2)), true)],
    ['a keyword in capitals', textChunk('Chara', base64(json(V2)))],
    [
      'base64 in lines, without padding',
      textChunk('chara', base64(json(V2)).replaceAll(/.{76}/g, '$&\r\n').replace(/=+$/, '')),
    ],
  ])('finds the card in %s', async (_, chunk) => {
    const { read } = await imported(pngOf([chunk]))
    expect(read.character.name).toBe('Anna')
  })

  test('takes the last of several cards that can be read, and says so', async () => {
    const other = { ...V2, data: { ...V2.data, name: 'Old' } }
    const chunks = [other, V2].map((card) => textChunk('chara', base64(json(card))))
    const { read } = await imported(pngOf([...chunks, textChunk('chara', 'bm90IGpzb24=')]))
    expect(read.character.name).toBe('Anna')
    expect(read.report.repaired).toContainEqual(expect.objectContaining({ path: 'png.chara' }))
  })

  test('refuses an encrypted card, a lorebook and a picture without a card, each in a sentence', async () => {
    await expect(imported(pngOf([textChunk('chara', 'rcc||rccv1||aaaa')]))).rejects.toThrow(
      'This card is encrypted',
    )
    await expect(imported(json({ spec: 'lorebook_v3', data: { entries: [] } }))).rejects.toThrow(
      'is a lorebook',
    )
    await expect(imported(pngOf([]))).rejects.toThrow('holds no character')
    await expect(imported('just some words')).rejects.toThrow('neither a picture')
    await expect(imported(Buffer.alloc(0))).rejects.toThrow('empty')
  })

  test('calls a card without a name after its file, and leaves the card as it is', async () => {
    const hero = await imported(
      json({ ...V2, data: { ...V2.data, name: '' } }),
      'folder/Nameless_Hero.card.json',
    )
    expect(hero.character.name).toBe('Nameless Hero')
    expect(hero.read.report.repaired).toContainEqual(expect.objectContaining({ path: 'data.name' }))
    expect(Buffer.from(await exported(hero)).equals(hero.bytes)).toBe(true)
  })
})

describe('writeCard()', () => {
  test('an edited field changes only that field, and the text around it keeps its spelling', async () => {
    const text = json(V2).replace(
      '"a": 1',
      '"a": 1.0e0, "a": 12345678901234567890, "__proto__": {"x": "\\u00e9\\/"}',
    )
    const anna = await imported(`\uFEFF${text}\n`, 'anna.json')
    const after = Buffer.from(
      await exported(anna, { character: { description: 'Äpfel "und" Birnen' } }),
    ).toString()
    expect(after).toBe(`\uFEFF${text.replace('"A baker."', '"Äpfel \\"und\\" Birnen"')}\n`)
  })

  test('a picture keeps all its other chunks, and what is behind its end; twice gives the same bytes', async () => {
    const behind = Buffer.from('trailing bytes')
    const file = pngOf([textChunk('Comment', 'mine'), textChunk('chara', base64(json(V2)))], behind)
    const anna = await imported(file)
    const after = await exported(anna, { character: { tags: ['new'] } })
    expect(Buffer.from(after).subarray(-behind.length).equals(behind)).toBe(true)
    expect(differences(V2, cardIn(after, 'chara')).every((path) => path.startsWith('data.tags'))).toBe(true)
    expect(cardIn(after)).toMatchObject({
      spec: 'chara_card_v3',
      data: { tags: ['new'], group_only_greetings: [], future_field: { a: 1 } },
    })
    const again = await imported(after)
    expect(again.character).toEqual({ ...anna.character, tags: ['new'] })
    const twice = await exported(again, { character: { tags: ['newer'] } })
    const thrice = await exported(await imported(twice), { character: { tags: ['new'] } })
    expect(Buffer.from(thrice).equals(Buffer.from(after))).toBe(true)
  })

  test('what only Troupe knows comes back from the card', async () => {
    const anna = await imported(cardPng(json(V2)))
    const character = {
      color: '#aa5500',
      nickname: 'Annie',
      tools: ['roll_dice' as const],
      group_only_greetings: ['You all!'],
      global_roleplay: 'A fair.',
      speaking: { ...anna.character.speaking, actions: 'silent' as const, language: 'de' },
    }
    for (const format of ['png', 'json', 'charx'] as const) {
      const again = await imported(await exported(anna, { character, format }), 'x')
      expect(again.character).toEqual({ ...anna.character, ...character })
    }
  })

  test('a card of version 1 stays one as long as it has words for what is said', async () => {
    const text =
      '{"name":"Bo","description":"d","personality":"","scenario":"","first_mes":"f","mes_example":"","x":1.50}'
    const bo = await imported(text, 'bo.json')
    const edited = Buffer.from(await exported(bo, { character: { scenario: 's' } })).toString()
    expect(edited).toBe(text.replace('"scenario":""', '"scenario":"s"'))
    const newer = await imported(await exported(bo, { character: { system_prompt: 'Be kind.' } }), 'bo.json')
    expect(newer.read.spec).toBe('v3')
    expect(newer.character).toEqual({ ...bo.character, system_prompt: 'Be kind.' })
    expect(newer.read.json.startsWith(text.slice(0, -1))).toBe(true)
  })

  test('an archive keeps its files, and its card changes alone', async () => {
    const card = {
      ...V2,
      spec: 'chara_card_v3',
      spec_version: '3.0',
      data: {
        ...V2.data,
        group_only_greetings: [],
        assets: [
          { type: 'icon', name: 'main', ext: 'png', uri: 'embeded://assets/icon/images/main.png' },
          { type: 'emotion', name: 'happy', ext: 'png', uri: 'embeded://assets/Emotion/image/HAPPY.png' },
        ],
      },
    }
    const picture = cardPng('{}', 'none')
    const zip = await zipOf({
      'card.json': json(card),
      'assets/icon/images/main.png': picture,
      'assets/emotion/image/happy.png': 'happy bytes',
      'app-data.json': '{"mine": 1.0}',
    })
    const anna = await imported(zip, 'anna.charx')
    expect(anna.read).toMatchObject({ format: 'charx', spec: 'v3' })
    expect(
      anna.read.assets.map(({ name, bytes }) => [name, bytes && Buffer.from(bytes).toString('latin1')]),
    ).toEqual([
      ['main', picture.toString('latin1')],
      ['happy', 'happy bytes'],
    ])
    expect(Buffer.from(await exported(anna)).equals(zip)).toBe(true)
    const again = await imported(await exported(anna, { character: { name: 'Anne' } }), 'anna.charx')
    expect(differences(card, JSON.parse(again.read.json))).toEqual(['data.name'])
    expect(again.read.assets).toEqual(anna.read.assets)
    const jpeg = Buffer.from([0xff, 0xd8, 0xff, 0xe0, 1, 2, 3])
    const behindPicture = await imported(Buffer.concat([jpeg, zip]), 'anna.jpg')
    expect(behindPicture.read).toMatchObject({ format: 'jpeg', character: { name: 'Anna' } })
    const edited = await exported(behindPicture, { character: { name: 'Anne' } })
    expect(Buffer.from(edited).subarray(0, 7).equals(jpeg)).toBe(true)
    expect((await imported(edited, 'anna.jpg')).character).toEqual({
      ...behindPicture.character,
      name: 'Anne',
    })
    // The other style: offsets that count the picture, too.
    const absolute = await exported(await imported(withAbsoluteOffsets(jpeg, zip), 'a.jpg'), {
      character: { name: 'Anne' },
    })
    expect((await imported(absolute, 'a.jpg')).character.name).toBe('Anne')
  })
})

function withAbsoluteOffsets(prefix: Buffer, zip: Buffer): Buffer {
  const file = Buffer.concat([prefix, zip])
  const end = file.lastIndexOf(Buffer.from([0x50, 0x4b, 5, 6]))
  file.writeUInt32LE(file.readUInt32LE(end + 16) + prefix.length, end + 16)
  for (let at = file.readUInt32LE(end + 16); at < end;) {
    file.writeUInt32LE(file.readUInt32LE(at + 42) + prefix.length, at + 42)
    at += 46 + file.readUInt16LE(at + 28) + file.readUInt16LE(at + 30) + file.readUInt16LE(at + 32)
  }
  return file
}
