import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { MessageDraft } from '#shared/entities.ts'
import { systemClock } from '../../../backend/lib/clock.ts'
import { FakeLanguageModel } from '../../fakes/fake-language-model.ts'
import {
  ALT_ENTER,
  CTRL_C,
  CTRL_D,
  ENTER,
  PseudoTerminal,
  type PseudoTerminalOptions,
} from '../../support/pseudo-terminal.ts'
import { startTestApp, type TestApp, type TestAppOptions } from '../../support/test-app.ts'

/** The real command in a real terminal. */

let folder: string
let app: TestApp
let model: FakeLanguageModel

async function serve(options: TestAppOptions = {}): Promise<void> {
  app = await startTestApp({ ...options, engines: { model, ...options.engines } })
}

function surroundings(env: Record<string, string> = {}): PseudoTerminalOptions {
  return { env: { TROUPE_URL: app.url, XDG_STATE_HOME: folder, ...env }, cwd: folder }
}

function run(args: readonly string[], env?: Record<string, string>): PseudoTerminal {
  return PseudoTerminal.troupe(args, surroundings(env))
}

function shell(line: string): PseudoTerminal {
  return PseudoTerminal.shell(line, surroundings())
}

/** What a command that needs nobody shows, and its exit code. */
async function shown(terminal: PseudoTerminal): Promise<{ code: number; text: string }> {
  const code = await terminal.exit
  return { code, text: terminal.text }
}

function asked(): string[] {
  return model.requests.map(({ messages }) => messages.findLast(({ role }) => role === 'user')?.content ?? '')
}

interface Progress {
  readonly status: string
  readonly completedBytes: number
  readonly totalBytes: number
}

/** A model server on a slow line. */
async function pullForEver(
  _name: string,
  onProgress: (progress: Progress) => void,
  signal: AbortSignal,
): Promise<void> {
  onProgress({ status: 'pulling', completedBytes: 5e8, totalBytes: 2e9 })
  await new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(new Error('stopped')), { once: true })
  })
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'troupe-pty-'))
  model = new FakeLanguageModel(systemClock, { deltas: ['Good ', '**evening**.'] })
})

afterEach(async () => {
  await app[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

describe('talking in a terminal', () => {
  test('shows who speaks, markdown as it is meant, and keeps the session', async () => {
    await serve()
    await using terminal = run(['chat', '--character', 'Nora'])
    await terminal.shows('> ')
    terminal.type(`Hello${ENTER}`)
    await terminal.shows('Nora: Good evening.\n> ')
    expect(terminal.raw).toContain('\u001B[0;1mevening\u001B[0m')
    terminal.type(`And again${ENTER}`)
    await terminal.shows(/And again\nNora: Good evening\.\n> $/)
    terminal.type(`/exit${ENTER}`)
    expect(await terminal.exit).toBe(0)
    expect(terminal.text).toMatch(/To go on later: troupe chat --session \S+/)
    expect(asked()).toEqual(['Hello', 'And again'])
  })

  test('Ctrl-C ends the reply and not the program; what was shown is what was said', async () => {
    await serve()
    model.plan({ deltas: ['It was a dark ', 'and stormy night'], ending: 'stall' })
    await using terminal = run(['chat', '-p', 'Nora'])
    await terminal.shows('> ')
    terminal.type(`Tell me a story${ENTER}`)
    await terminal.shows('stormy night')
    terminal.type(CTRL_C)
    await terminal.shows(/interrupted\n> $/)
    terminal.type(`Go on${ENTER}`)
    await terminal.shows(/Go on\nNora: Good evening\.\n> $/)
    const [latest] = await app.store.conversations.list({ limit: 1 })
    const conversation_id = latest?.conversation_id ?? ''
    const said = await app.store.messages.list({ conversation_id, limit: 10 })
    expect(said[1]).toMatchObject({ content: 'It was a dark and stormy night', is_interrupted: true })
    terminal.type(CTRL_D)
    expect(await terminal.exit).toBe(0)
  })

  test('Ctrl-C clears what is typed; twice at an empty prompt leaves', async () => {
    await serve()
    await using terminal = run(['chat'])
    await terminal.shows('> ')
    terminal.type('never mind')
    await terminal.shows('never mind')
    terminal.type(CTRL_C)
    await terminal.shows(/never mind\^C\n> $/)
    terminal.type(CTRL_C)
    await terminal.shows('Ctrl-C again, or /exit, to leave.\n> ')
    terminal.type(CTRL_C)
    expect(await terminal.exit).toBe(0)
    expect(asked()).toEqual([])
  })

  test('takes several lines in every way there is', async () => {
    await serve()
    await using terminal = run(['chat', '-p', 'Nora'])
    await terminal.shows('> ')
    terminal.type(`"""${ENTER}one${ENTER}two"""${ENTER}`)
    await terminal.shows(/Nora: Good evening\.\n> $/)
    terminal.type(`three\\${ENTER}four${ENTER}`)
    await terminal.shows(/four\nNora: Good evening\.\n> $/)
    terminal.type(`five${ALT_ENTER}six${ENTER}`)
    await terminal.shows(/six\nNora: Good evening\.\n> $/)
    terminal.type('\u001B[200~seven\reight\u001B[201~')
    await terminal.shows(/eight$/)
    terminal.type(ENTER)
    await terminal.shows(/eight\nNora: Good evening\.\n> $/)
    terminal.type(CTRL_D)
    await terminal.exit
    expect(asked()).toEqual(['one\ntwo', 'three\nfour', 'five\nsix', 'seven\neight'])
  })

  test('keeps what is typed while somebody speaks for the next prompt', async () => {
    await serve()
    model.plan({ deltas: ['Well'], ending: 'stall' })
    await using terminal = run(['chat', '-p', 'Nora'])
    await terminal.shows('> ')
    terminal.type(`Hello${ENTER}`)
    await terminal.shows('Nora: Well')
    terminal.type(`next${ENTER}half a li`)
    terminal.type(CTRL_C)
    await terminal.shows(/> half a li$/)
    expect(terminal.text).not.toContain('Wellnext')
    terminal.type(`ne${ENTER}`)
    await terminal.shows(/Nora: Good evening\.\n> $/)
    expect(asked()).toEqual(['Hello', 'half a line'])
  })

  test('knows its commands', async () => {
    await serve()
    await using terminal = run(['chat', '-p', 'Nora'])
    const after = async (command: string, pattern: string | RegExp): Promise<void> => {
      const from = terminal.text.length
      terminal.type(`${command}${ENTER}`)
      await terminal.shows(pattern, from)
      await terminal.shows(/> $/, from)
    }
    await terminal.shows('> ')
    await after('/help', '/regenerate')
    await after('/characters', /Nora {2}\S/)
    await after('/session', 'A new session')
    await after('/nonsense', 'There is no /nonsense; /help shows what there is')
    await after('/save', 'Say where to')
    await after('/save talk.md', 'Nothing has been said yet')
    await after('/system Speak like a pirate.', 'hold from the next message')
    await after('/set temperature 0.3', 'temperature 0.3')
    await after('/set temperature hot', 'cannot be "hot"')
    await after('/model tiny', 'tiny')
    await after('Ahoy', 'Nora: Good evening.')
    expect(model.requests[0]?.settings).toMatchObject({ temperature: 0.3, model: 'tiny' })
    await after('/title The sea', 'is called "The sea"')
    await after('/save talk.md', 'Wrote 2 messages to talk.md')
    await after('/save /dev/full', 'no space left on the device')
    await after('/session', 'The sea')
    await after('/continue', 'Nora: … Good evening.')
    model.plan({ deltas: ['Aye ', 'aye.'] })
    await after('/regenerate', 'Nora: Aye aye.')
    await after('/next Felix', 'Felix: Good evening.')
    await after('/clear', 'A new session begins')
    await after('/session', 'A new session; it is kept')
    await after('/session The sea', /\S+ {2}The sea/)
    await after('/sessions', 'The sea')
    await after('@Felix hello', 'Felix: Good evening.')
    terminal.type(`/quit${ENTER}`)
    expect(await terminal.exit).toBe(0)
    expect(await readFile(join(folder, 'talk.md'), 'utf8')).toContain('**You:** Ahoy')
  })

  test('ends with a sentence when the server dies', async () => {
    await serve()
    await using terminal = run(['chat', '-p', 'Nora'])
    await terminal.shows('> ')
    await app[Symbol.asyncDispose]()
    expect(await terminal.exit).toBe(3)
    expect(terminal.text).toMatch(/troupe: The connection to Troupe at \S+ was lost; is it still running\?/)
    await serve()
  })
})

describe('being ended', () => {
  test('leaves the terminal as it was', async () => {
    await serve()
    await using terminal = run(['chat', '-p', 'Nora'])
    await terminal.shows('> ')
    terminal.end('SIGTERM')
    expect(await terminal.exit).toBe(143)
    expect(terminal.raw.endsWith('\u001B[?2004l')).toBe(true)
  })
})

describe('one question in a terminal', () => {
  test('is answered, rendered; Ctrl-C ends it with 130', async () => {
    await serve()
    expect(await shown(run(['chat', '-p', 'Nora', 'Hello']))).toEqual({ code: 0, text: 'Good evening.\n' })
    model.plan({ deltas: ['A long', ' story'], ending: 'stall' })
    await using terminal = run(['chat', '-p', 'Nora', 'Tell me'])
    await terminal.shows('A long story')
    terminal.type(CTRL_C)
    expect(await terminal.exit).toBe(130)
    expect(terminal.text).toMatch(/interrupted\n$/)
  })

  test('goes through pipes, the answer to stdout and the rest to stderr', async () => {
    await serve()
    const line = 'printf "one\\ntwo" | troupe chat -p Nora --stats Summarise 2> talk.err | tr a-z A-Z'
    expect((await shown(shell(line))).text).toBe('GOOD **EVENING**.\n')
    expect(asked()).toEqual(['Summarise\n\none\ntwo'])
    expect(await readFile(join(folder, 'talk.err'), 'utf8')).toMatch(/^fake-model · first word .* tokens/)
  })

  test('stops when the reader of its output goes away', async () => {
    await serve()
    model.plan({
      deltas: ['one\n', ...Array.from({ length: 200 }, () => 'more\n')],
      tokenMs: 20,
      ending: 'stall',
    })
    const { text } = await shown(shell('troupe chat -p Nora Go | head -n 1; echo "code ${PIPESTATUS[0]}"'))
    expect(text).toBe('one\ncode 141\n')
  })

  test('says so when the output cannot be written', async () => {
    await serve()
    const { text } = await shown(shell('troupe chat -p Nora Hello > /dev/full; echo "code $?"'))
    expect(text).toBe('troupe: Cannot write the output: no space left on the device\ncode 1\n')
  })

  test('plays the voice through the loudspeaker program that there is', async () => {
    await serve()
    const player = join(folder, 'aplay')
    await writeFile(player, `#!/bin/sh\nprintf '%s ' "$@" > "${folder}/args"\ncat > "${folder}/sound"\n`)
    await chmod(player, 0o755)
    const path = `${folder}:/bin:/usr/bin`
    const spoken = await shown(run(['chat', '-p', 'Nora', '--speak', 'Hello'], { PATH: path }))
    expect(spoken).toEqual({ code: 0, text: 'Good evening.\n' })
    expect(await readFile(join(folder, 'args'), 'utf8')).toContain('-t raw -f S16_LE -r 16000 -c 1')
    expect((await readFile(join(folder, 'sound'))).length).toBeGreaterThan(1_000)
  })

  test('says what --speak needs where there is nothing to play with', async () => {
    await serve()
    const { code, text } = await shown(run(['chat', '-p', 'Nora', '--speak', 'Hello'], { PATH: folder }))
    expect(code).toBe(1)
    expect(text).toMatch(/needs a program that plays sound.*leave out --speak\n$/s)
  })
})

describe('the other verbs in a terminal', () => {
  test('sessions: list, show, select, export, delete', async () => {
    await serve()
    await shown(run(['chat', '-p', 'Nora', 'The kettle is on']))
    expect((await shown(run(['sessions', 'list']))).text).toContain('The kettle is on')
    expect((await shown(run(['sessions', 'show', 'last']))).text).toContain('Nora: Good **evening**.')
    await using selecting = run(['sessions', 'select'])
    await selecting.shows('Which one (1-2)? ')
    selecting.type(`2${ENTER}`)
    expect(await selecting.exit).toBe(0)
    expect(selecting.text).toContain('"troupe chat --continue" goes on with "An evening at the Lantern"')
    expect((await shown(run(['sessions', 'export', 'last', '-o', 'talk.md']))).text).toContain(
      'Wrote 2 messages',
    )
    await using keeping = run(['sessions', 'delete', 'last'])
    await keeping.shows('Delete "The kettle is on" for good (y/N)? ')
    keeping.type(ENTER)
    expect(await keeping.exit).toBe(1)
    await using deleting = run(['sessions', 'delete', 'last'])
    await deleting.shows('(y/N)? ')
    deleting.type(`y${ENTER}`)
    expect(await deleting.exit).toBe(0)
    expect(await app.store.conversations.list({ limit: 10 })).toHaveLength(1)
  })

  test('Ctrl-C at a question changes nothing', async () => {
    await serve()
    await using deleting = run(['sessions', 'delete', 'last'])
    await deleting.shows('(y/N)? ')
    deleting.type(CTRL_C)
    expect(await deleting.exit).toBe(130)
    expect(await app.store.conversations.list({ limit: 10 })).toHaveLength(1)
  })

  test('a full disk leaves the file that was there, and nothing half-written', async () => {
    await serve()
    await writeFile(join(folder, 'talk.md'), 'what was there before')
    const [conversation] = await app.store.conversations.list({ limit: 1 })
    const conversation_id = conversation?.conversation_id ?? ''
    const long = { conversation_id, role: 'user' as const, name: 'You', content: 'x'.repeat(190_000) }
    await app.store.messages.create(MessageDraft.parse(long))
    // A limit on the size of files fails in the middle of writing, as a full disk does, and needs no root.
    const line = `trap '' XFSZ; ulimit -f 100; troupe sessions export last -o talk.md; echo "code $?"`
    const { text } = await shown(shell(line))
    expect(text).toBe('troupe: Cannot write talk.md: the file would become too large\ncode 1\n')
    expect(await readFile(join(folder, 'talk.md'), 'utf8')).toBe('what was there before')
    expect((await readdir(folder)).filter((name) => name.startsWith('.'))).toEqual([])
    const full = await shown(shell('troupe sessions export last -o /dev/full; echo "code $?"'))
    expect(full.text).toBe('troupe: Cannot write /dev/full: no space left on the device\ncode 1\n')
  })

  test('characters: list, export, import', async () => {
    await serve()
    expect((await shown(run(['characters', 'list']))).text).toContain('Nora')
    const piped = await shown(shell('troupe characters export Nora -f v3 | troupe characters import -'))
    expect(piped.text).toContain('Imported Nora from -')
    expect(await app.store.characters.list()).toHaveLength(5)
  })

  test('models: list, pull; Ctrl-C stops the pulling', async () => {
    Object.assign(model, { pullModel: pullForEver })
    await serve()
    expect((await shown(run(['models', 'list']))).text).toContain('* fake')
    await using pulling = run(['models', 'pull', 'llama3.1'])
    await pulling.shows('pulling 25 % of 2.0 GB')
    pulling.type(CTRL_C)
    expect(await pulling.exit).toBe(130)
  })

  test('help teaches', async () => {
    await serve()
    const { code, text } = await shown(run(['help', 'chat']))
    expect(code).toBe(0)
    expect(text).toContain('Examples:\n  troupe chat ')
  })

  test('a dead server is told in a sentence', async () => {
    await serve()
    const { code, text } = await shown(run(['--url', 'http://127.0.0.1:9', 'chat', 'Hello']))
    expect(code).toBe(3)
    expect(text).toMatch(
      /^troupe: Cannot reach Troupe at http:\/\/127\.0\.0\.1:9: nothing listens there; .*\n$/,
    )
  })
})
