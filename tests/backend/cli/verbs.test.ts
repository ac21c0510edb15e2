import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { Character, CharacterDraft, ConversationDraft, Message, MessageDraft } from '#shared/entities.ts'
import { AppError } from '../../../backend/errors.ts'
import { cardPng } from '../../support/cards.ts'
import { CliStage } from '../../support/cli-stage.ts'
import { troupe } from '../../support/troupe-command.ts'

interface Progress {
  readonly status: string
  readonly completedBytes: number
  readonly totalBytes: number
}

/** A model server that has everything but "nope". */
async function pullQuickly(name: string, onProgress: (progress: Progress) => void): Promise<void> {
  if (name === 'nope') throw new AppError('engine_rejected', 'There is no model "nope"')
  for (const completedBytes of [0, 55, 100])
    onProgress({ status: 'pulling', completedBytes, totalBytes: 100 })
}

const stage = new CliStage()

describe('troupe sessions', () => {
  test('lists, finds, selects and deletes', async () => {
    await stage.serve()
    await stage.run(['chat', '-p', 'Nora', 'The kettle is on'])
    const listed = await stage.run(['sessions', 'list'])
    expect(listed.out).toMatch(/^\* \S+\t.*\tThe kettle is on\n {2}an-evening-at-the-lantern\t/)
    const found = await stage.run(['sessions', 'list', '--query', 'kettle', '--json'])
    expect(JSON.parse(found.out)).toMatchObject({ title: 'The kettle is on', is_selected: true })
    const selected = await stage.run(['sessions', 'select', 'An evening at the Lantern'])
    expect(selected.out).toBe('an-evening-at-the-lantern\n')
    await stage.run(['chat', '--continue', 'Hello'])
    expect(stage.lastPrompt()).toContain('Welcome to the Lantern')
    const refused = await stage.run(['sessions', 'delete', 'The kettle is on'])
    expect(refused).toMatchObject({ code: 2, err: expect.stringContaining('--yes') })
    const deleted = await stage.run(['sessions', 'delete', 'The kettle is on', '--yes'])
    expect(deleted.code).toBe(0)
    expect((await stage.run(['sessions', 'list', '-q', 'kettle'])).out).toBe('')
  })

  test('shows the last messages, or all of a long session', async () => {
    await stage.serve()
    await stage.run(['chat', '-p', 'Nora', 'Hello'])
    const [conversation] = await stage.app.store.conversations.list({ limit: 1 })
    const conversation_id = conversation?.conversation_id ?? ''
    for (let index = 0; index < 600; index += 1) {
      const line = { conversation_id, role: 'user' as const, name: 'You', content: `line ${index}` }
      await stage.app.store.messages.create(MessageDraft.parse(line))
    }
    const all = await stage.run(['sessions', 'show', 'last'])
    expect(all.out.match(/line \d+/g)).toHaveLength(600)
    const few = await stage.run(['sessions', 'show', '-n', '2'])
    expect(few.out).toBe('Hello\n\nYou: line 598\nYou: line 599\n')
  })

  test.each([
    ['markdown', '**You:** Hello\n\n**Nora:** Good **evening**.'],
    ['json', '"content": "Good **evening**."'],
    ['jsonl', '"content":"Good **evening**."'],
  ])('exports %s', async (format, part) => {
    await stage.serve()
    await stage.run(['chat', '-p', 'Nora', 'Hello'])
    const { code, out } = await stage.run(['sessions', 'export', 'last', '--format', format])
    expect(code).toBe(0)
    expect(out).toContain(part)
  })

  test('chooses the format by the name of the file', async () => {
    await stage.serve()
    await stage.run(['chat', '-p', 'Nora', 'Hello'])
    await stage.run(['sessions', 'export', 'last', '-o', stage.file('talk.jsonl')])
    const lines = (await readFile(stage.file('talk.jsonl'), 'utf8')).trim().split('\n')
    expect(lines.map((line) => Message.parse(JSON.parse(line)).role)).toEqual(['user', 'assistant'])
  })

  test('says so when the disk is full, and leaves no half file', async () => {
    await stage.serve()
    await stage.run(['chat', '-p', 'Nora', 'Hello'])
    const { code, err } = await stage.run(['sessions', 'export', 'last', '-o', '/dev/full'])
    expect(code).toBe(1)
    expect(err).toContain('Cannot write /dev/full: no space left on the device')
    await writeFile(stage.file('talk.md'), 'what was there before')
    const nowhere = await stage.run(['sessions', 'export', 'last', '-o', join(stage.file('talk.md'), 'x.md')])
    expect(nowhere.err).toContain('a part of the path is not a folder')
    expect(await readFile(stage.file('talk.md'), 'utf8')).toBe('what was there before')
    expect((await readdir(stage.folder)).filter((name) => name.includes('.tmp'))).toEqual([])
  })

  test('tells sessions apart that begin alike', async () => {
    await stage.serve()
    await stage.app.store.conversations.ensure('aaaa-1', ConversationDraft.parse({ title: 'One' }))
    await stage.app.store.conversations.ensure('aaaa-2', ConversationDraft.parse({ title: 'Two' }))
    const { code, err } = await stage.run(['sessions', 'show', 'aaaa'])
    expect(code).toBe(1)
    expect(err).toContain('could be 2 sessions')
    expect((await stage.run(['sessions', 'show', 'aaaa-2'])).out).toContain('Two')
    expect((await stage.run(['sessions', 'show', 'bbbb'])).err).toContain('there is no session "bbbb"')
  })
})

describe('troupe characters', () => {
  test('lists them, as text and as JSON', async () => {
    await stage.serve()
    const { out } = await stage.run(['characters', 'list'])
    expect(out).toContain('Nora\tnora-001\tactive\t')
    const lines = (await stage.run(['characters', 'list', '--json'])).out.trim().split('\n')
    expect(lines.map((line) => Character.parse(JSON.parse(line)).name)).toContain('Hugo')
  })

  test.each(['troupe', 'v2', 'v3', 'json', 'png', 'charx'])(
    'brings back what it exported as %s',
    async (format) => {
      await stage.serve()
      const written = await stage.run([
        'characters',
        'export',
        'Nora',
        '-f',
        format,
        '-o',
        stage.file('nora.json'),
      ])
      expect(written.code).toBe(0)
      const { code, out } = await stage.run(['characters', 'import', stage.file('nora.json')])
      expect(code).toBe(0)
      const [original, copy] = await stage.app.store.characters.getMany(['nora-001', out.trim()])
      const was = CharacterDraft.parse(original)
      const kept =
        format === 'troupe'
          ? { ...was, voice_id: null, is_active: false }
          : {
              name: was.name,
              description: was.description,
              first_message: was.first_message,
              alternate_greetings: was.alternate_greetings,
              talkativeness: was.talkativeness,
            }
      expect(copy).toMatchObject(kept)
    },
  )

  test('reads a card from standard input, with its lorebook', async () => {
    await stage.serve()
    const card = {
      spec: 'chara_card_v2',
      spec_version: '2.0',
      data: {
        name: 'Aria',
        first_mes: 'Hi!',
        tags: 'music, sea',
        character_book: { entries: [{ keys: ['tide'], content: 'It is low.', enabled: true }] },
        extensions: { talkativeness: '0.8', depth_prompt: { prompt: 'Hum.', depth: 2, role: 'user' } },
      },
    }
    const { code, err, out } = await stage.run(['characters', 'import', '-'], { input: JSON.stringify(card) })
    expect(code).toBe(0)
    expect(err).toMatch(/^Imported Aria from -; with its lorebook \(1 entries\); repaired: .*data\.tags/)
    const character = await stage.app.store.characters.get(out.trim())
    expect(character).toMatchObject({
      name: 'Aria',
      first_message: 'Hi!',
      tags: ['music', 'sea'],
      talkativeness: 0.8,
      depth_prompt: { text: 'Hum.', depth: 2, role: 'user' },
    })
    const book = await stage.app.store.lorebooks.get(character.lorebook_ids[0] ?? '')
    expect(book.entries).toMatchObject([{ keys: ['tide'], content: 'It is low.' }])
  })

  test('a file that cannot be read does not keep the others away, and is told', async () => {
    await stage.serve()
    await writeFile(stage.file('good.json'), JSON.stringify({ name: 'Good', first_mes: 'Hi' }))
    await writeFile(stage.file('bad.json'), '{"colour": 5}')
    const files = ['missing.json', 'bad.json', 'good.json'].map((name) => stage.file(name))
    const { code, err, out } = await stage.run(['characters', 'import', ...files])
    expect(code).toBe(1)
    expect(err).toMatch(/Cannot import .*missing\.json: /)
    expect(err).toMatch(/Cannot import .*bad\.json: /)
    expect(err).toContain('2 could not be imported')
    expect(await stage.app.store.characters.get(out.trim())).toMatchObject({ name: 'Good' })
  })

  test('who is there already is left alone, if that is asked for', async () => {
    await stage.serve()
    await writeFile(stage.file('tom.png'), cardPng({ name: 'Tom' }))
    const run = () => stage.run(['characters', 'import', stage.file('tom.png'), '--on-duplicate', 'skip'])
    const [first, again] = [await run(), await run()]
    expect(again.out).toBe(first.out)
    expect(again.err).toContain('Left as it is: Tom')
  })

  test('several cards are written into a folder, each as the file it came from', async () => {
    await stage.serve()
    const tom = cardPng({ name: 'Tom' })
    await writeFile(stage.file('tom the cat.png'), tom)
    const { out } = await stage.run(['characters', 'import', stage.file('tom the cat.png')])
    const folder = stage.file('cards')
    const names = ['Nora', out.trim()]
    expect((await stage.run(['characters', 'export', ...names, '-f', 'png', '-o', folder])).code).toBe(0)
    expect((await readdir(folder)).toSorted()).toEqual(['Nora.png', 'tom the cat.png'])
    expect((await readFile(join(folder, 'tom the cat.png'))).equals(tom)).toBe(true)
    expect((await stage.run(['characters', 'export', ...names, '-f', 'png'])).code).toBe(2)
  })
})

describe('troupe models', () => {
  test('lists what there is, and marks the one that answers', async () => {
    await stage.serve()
    expect((await stage.run(['models', 'list'])).out).toBe('* fake-model\t8192 tokens\ttools\n')
  })

  test('pulls with progress, and fails with the reason', async () => {
    Object.assign(stage.model, { pullModel: pullQuickly })
    await stage.serve()
    const { code, out, err } = await stage.run(['models', 'pull', 'llama3.1'])
    expect({ code, out }).toEqual({ code: 0, out: '' })
    expect(err).toBe(
      'pulling 0 %\npulling 50 %\npulling 100 %\nsuccess\nllama3.1 is ready: troupe chat --model llama3.1\n',
    )
    expect(await stage.run(['models', 'pull', 'nope'])).toMatchObject({
      code: 1,
      err: 'troupe: There is no model "nope"\n',
    })
  })

  test('says what pulling needs, where it is not possible', async () => {
    await stage.serve()
    const { code, err } = await stage.run(['models', 'pull', 'llama3.1'])
    expect(code).toBe(1)
    expect(err).toContain('Ollama')
  })
})

describe('help', () => {
  test.each([
    [],
    ['--help'],
    ...[
      'chat',
      'sessions list',
      'sessions show',
      'sessions select',
      'sessions export',
      'sessions delete',
    ].map((verb) => [...verb.split(' '), '--help']),
    ...['characters list', 'characters import', 'characters export', 'models list', 'models pull'].map(
      (verb) => [...verb.split(' '), '--help'],
    ),
  ])('teaches: troupe %s %s %s', async (...args: string[]) => {
    await stage.serve()
    const { code, out, err } = await troupe(args)
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out).toContain('Usage: troupe')
    expect(out).toMatch(/Examples:\n {2}(?:\w+ \S+ )?.*troupe/)
  })
})

describe('reaching a server', () => {
  test('needs the token that the server asks for', async () => {
    await stage.serve({ token: 'open-sesame' })
    const { code, err } = await stage.run(['sessions', 'list'])
    expect(code).toBe(1)
    expect(err).toContain('needs a token; give it with --token or TROUPE_TOKEN')
    expect((await stage.run(['sessions', 'list', '--token', 'open-sesame'])).code).toBe(0)
    expect((await stage.run(['models', 'list'], { env: { TROUPE_TOKEN: 'open-sesame' } })).code).toBe(0)
  })

  test('says so when nobody is there', async () => {
    await stage.serve()
    const { code, out, err } = await troupe(['--url', 'http://127.0.0.1:9', 'sessions', 'list'])
    expect({ code, out }).toEqual({ code: 3, out: '' })
    expect(err).toMatch(
      /^troupe: Cannot reach Troupe at http:\/\/127\.0\.0\.1:9: nothing listens there; .*\n$/,
    )
  })

  test('asks the server that the environment names', async () => {
    await stage.serve()
    expect((await troupe(['characters', 'list'], { env: { TROUPE_URL: stage.app.url } })).out).toContain(
      'Nora',
    )
    expect((await troupe(['--url', 'ftp://x', 'characters', 'list'])).code).toBe(2)
  })
})
