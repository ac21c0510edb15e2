import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { connectTo } from '../../../backend/store/sqlite/connection.ts'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { AppError } from '../../../backend/errors.ts'
import { CliStage } from '../../support/cli-stage.ts'

const Event = z.object({ type: z.string(), data: z.object({ text: z.string().optional() }) })

const stage = new CliStage()

describe('troupe chat', () => {
  test('writes the answer, and nothing else, to stdout', async () => {
    await stage.serve()
    const { code, out, err } = await stage.run(['chat', '--character', 'nora', 'Hello', 'there'])
    expect({ code, out, err }).toEqual({ code: 0, out: 'Good **evening**.\n', err: '' })
    expect(stage.lastPrompt()).toContain('Hello there')
  })

  test('says nothing aloud for a client that only reads', async () => {
    await stage.serve()
    await using client = await stage.app.connect()
    client.send('hello', { has_sound: false }, 'h')
    await client.event('ready', { where: ({ id }) => id === 'h' })
    client.send('user_message', { text: 'Hello' })
    const ended = await client.event('turn_ended')
    expect(ended.data).toMatchObject({ outcome: 'completed' })
    expect(client.frames()).toEqual([])
    expect(client.events('audio_stream_start')).toEqual([])
  })

  test('names the speakers when several answer', async () => {
    await stage.serve()
    const { out } = await stage.run(['chat', '-p', 'Nora', '-p', 'Felix', '@Nora and @Felix: hello'])
    expect(out).toBe('Nora: Good **evening**.\nFelix: Good **evening**.\n')
  })

  test('follows the message with what is piped in', async () => {
    await stage.serve()
    const { code } = await stage.run(['chat', '-p', 'Nora', 'Summarise this'], { input: 'one\ntwo\n' })
    expect(code).toBe(0)
    expect(stage.lastPrompt()).toContain('Summarise this\n\none\ntwo')
  })

  test('tells a long text beside the message, as far as there is room', async () => {
    await stage.serve()
    const long = 'a line of words\n'.repeat(4_000)
    const { code, err } = await stage.run(['chat', '-p', 'Nora', '--context-tokens', '500', 'Summarise'], {
      input: long,
    })
    expect(code).toBe(0)
    expect(err).toMatch(/about \d+ of 500 tokens.*Left out: standard input \(from line \d+ on\)/)
    expect(stage.lastPrompt()).toContain('a line of words\na line of words')
  })

  test('refuses a piped message that is too long, and says what to do', async () => {
    await stage.serve()
    const { code, err } = await stage.run(['chat', '-p', 'Nora'], { input: 'x'.repeat(40_000) })
    expect(code).toBe(2)
    expect(err).toContain('troupe chat "summarise" < file')
  })

  test('wants something to say', async () => {
    await stage.serve()
    const { code, err } = await stage.run(['chat'])
    expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining('nothing to say') })
  })

  test('goes on where it was with --continue, and elsewhere with --session', async () => {
    await stage.serve()
    await stage.run(['chat', '-p', 'Nora', 'My cat is called Ada'])
    await stage.run(['chat', '--continue', 'What is she called?'])
    expect(stage.lastPrompt()).toContain('My cat is called Ada')
    const [latest] = await stage.app.store.conversations.list({ limit: 1 })
    expect(latest).toMatchObject({ title: 'My cat is called Ada' })
    await stage.run(['chat', '--session', 'An evening at the Lantern', 'Hello'])
    expect(stage.lastPrompt()).not.toContain('My cat is called Ada')
  })

  test('tells events as JSON lines, and takes a message a line', async () => {
    await stage.serve()
    const { code, out } = await stage.run(['chat', '--json', '-p', 'Nora'], { input: 'One\n\nTwo\n' })
    const events = out
      .trim()
      .split('\n')
      .map((line) => Event.parse(JSON.parse(line)))
    expect(code).toBe(0)
    expect(events.filter(({ type }) => type === 'turn_ended')).toHaveLength(2)
    const texts = events.filter(({ type }) => type === 'text_stream_stop').map(({ data }) => data.text)
    expect(texts).toEqual(['Good **evening**.', 'Good **evening**.'])
  })

  test('talks to the model itself with --model, and chooses it', async () => {
    await stage.serve()
    await stage.run(['chat', '--model', 'tiny', '--set', 'temperature=0.2', 'Hello'])
    expect(stage.model.requests.at(-1)?.settings).toMatchObject({ model: 'tiny', temperature: 0.2 })
    expect(stage.model.requests.at(-1)?.scene.cast.map(({ name }) => name)).toEqual(['Assistant'])
    await stage.run(['chat', '--plain', 'Hello'], { env: { OLLAMA_MODEL: 'other' } })
    expect(stage.model.requests.at(-1)?.settings).toMatchObject({ model: 'other' })
    const assistants = (await stage.app.store.characters.list()).filter(({ name }) => name === 'Assistant')
    expect(assistants).toHaveLength(1)
  })

  test('keeps a log where it is told to', async () => {
    await stage.serve()
    const { err } = await stage.run(['chat', '-p', 'Nora', 'Hello'], {
      env: { CHAT_LOG_DEST: stage.file('log.txt') },
    })
    expect(err).toBe('')
    expect(await readFile(stage.file('log.txt'), 'utf8')).toBe('You: Hello\nNora: Good **evening**.\n')
    const failed = await stage.run(['chat', '-p', 'Nora', '--log', '/dev/full', 'Hello'])
    expect(failed).toMatchObject({ code: 0, err: expect.stringContaining('no space left') })
  })

  test('tells how it went with --stats', async () => {
    await stage.serve()
    const { err } = await stage.run(['chat', '-p', 'Nora', '--stats', 'Hello'])
    expect(err).toMatch(/first word [\d.]+ s · 2 tokens/)
  })

  test('fails when the model fails, with its sentence', async () => {
    await stage.serve()
    stage.model.plan({
      deltas: ['Well, '],
      ending: new AppError('engine_unavailable', 'Cannot reach the model'),
    })
    const { code, out, err } = await stage.run(['chat', '-p', 'Nora', 'Hello'])
    expect({ code, out, err }).toEqual({ code: 3, out: 'Well, \n', err: 'Cannot reach the model\n' })
  })

  test('names who there is when somebody is not there', async () => {
    await stage.serve()
    const { code, err } = await stage.run(['chat', '-p', 'Zoe', 'Hello'])
    expect(code).toBe(1)
    expect(err).toContain('There is no character "Zoe"; there are Felix, Hugo, Iris, Nora')
  })

  test.each([
    [['chat', '--nonsense'], 'unknown option'],
    [['chat', '--set', 'temperature=hot', 'x'], '"temperature" cannot be "hot"'],
    [['chat', '--set', 'warmth=1', 'x'], 'There is no setting "warmth"'],
    [['sessions', 'export', '-f', 'pdf'], 'Allowed choices are markdown, json, jsonl'],
    [['frobnicate'], 'frobnicate'],
  ])('answers %j with a sentence and exit code 2', async (args, sentence) => {
    await stage.serve()
    const { code, out, err } = await stage.run(args)
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toContain(sentence)
  })
})

describe('troupe chat --context', () => {
  test('tells files, and whole folders by extension', async () => {
    await stage.serve()
    await writeFile(stage.file('a.md'), 'The key is under the mat.')
    await writeFile(stage.file('b.txt'), 'Not this one.')
    const { err } = await stage.run([
      'chat',
      '-p',
      'Nora',
      '--context',
      stage.folder,
      '--context-ext',
      'md',
      'Where is the key?',
    ])
    expect(stage.lastPrompt()).toContain('The key is under the mat.')
    expect(stage.lastPrompt()).not.toContain('Not this one.')
    expect(err).toMatch(/Context: 1 text, about \d+ of 4096 tokens/)
  })

  test('says what had no room, and what is no text', async () => {
    await stage.serve()
    await writeFile(stage.file('1.md'), 'word '.repeat(300))
    await writeFile(stage.file('2.md'), 'word '.repeat(300))
    await writeFile(stage.file('0.bin'), Buffer.from([0, 1, 2]))
    const args = [
      'chat',
      '-p',
      'Nora',
      '--context',
      join(stage.folder, '*'),
      '--context-tokens',
      '320',
      'Hello',
    ]
    const { err } = await stage.run(args)
    expect(err).toMatch(/Left out: .*0\.bin \(not a text\), .*2\.md/)
  })

  test('reads what was said before, and the tables of a database', async () => {
    await stage.serve()
    await stage.run(['chat', '-p', 'Nora', 'The password is swordfish'])
    await stage.run(['chat', '-p', 'Felix', '--context', 'db:swordfish', 'What was it?'])
    expect(stage.lastPrompt()).toContain('The password is swordfish')
    const database = connectTo(stage.file('shop.db'))
    database.exec("CREATE TABLE prices (item TEXT, cents INTEGER); INSERT INTO prices VALUES ('tea', 250)")
    database.close()
    await stage.run(['chat', '-p', 'Nora', '--context', stage.file('shop.db'), 'What is tea?'])
    expect(stage.lastPrompt()).toContain('{"item":"tea","cents":250}')
  })

  test('takes its sources from the environment, and refuses one that is not there', async () => {
    await stage.serve()
    await writeFile(stage.file('c.md'), 'Tea at four.')
    const env = { CONTEXT_PATH: `${stage.file('c.md')},`, CONTEXT_GREP: 'md' }
    await stage.run(['chat', '-p', 'Nora', 'When?'], { env })
    expect(stage.lastPrompt()).toContain('Tea at four.')
    const { code, err } = await stage.run(['chat', '-p', 'Nora', '--context', stage.file('no.md'), 'When?'])
    expect(code).toBe(1)
    expect(err).toContain('there is no such file or folder')
  })
})
