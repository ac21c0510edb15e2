import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { PseudoTerminal } from '../../support/pseudo-terminal.ts'
import { ServerProcess } from '../../support/server-process.ts'
import { type Ran, troupe } from '../../support/troupe-command.ts'

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'troupe-own-'))
})

afterEach(async () => {
  await rm(folder, { recursive: true, force: true })
})

function dataDir(): string {
  return join(folder, 'data')
}

/** A verb on the data directory of the test; nothing listens on port 9. */
function run(args: readonly string[], port = '9'): Promise<Ran> {
  const env = { XDG_STATE_HOME: folder }
  return troupe(['--data-dir', dataDir(), '--port', port, '--llm', 'scripted', ...args], { env })
}

describe('without a server', () => {
  test('works on the data directory, and finds there what was said', async () => {
    const first = await run(['chat', '--character', 'Nora', 'My name is Robin'])
    expect(first).toMatchObject({ code: 0, err: '' })
    expect(first.out.trim()).not.toBe('')
    const shown = await run(['sessions', 'show', 'last'])
    expect(shown.out).toContain('You: My name is Robin')
    expect(await readdir(dataDir())).toContain('troupe.db')
  })

  test('Ctrl-C in a terminal ends the reply, and the program goes on', async () => {
    await using terminal = PseudoTerminal.troupe(['--data-dir', dataDir(), 'chat', '-p', 'Hugo'], {
      env: { XDG_STATE_HOME: folder },
    })
    await terminal.shows('> ')
    terminal.type('Tell me a story\r')
    await terminal.shows(/Hugo: \S/)
    terminal.type('\u0003')
    await terminal.shows(/(?:interrupted|[.!?])\n> $/)
    terminal.type('/exit\r')
    expect(await terminal.exit).toBe(0)
  })

  test('says so when a setting is wrong', async () => {
    const { code, err } = await run(['--llm', 'nonsense', 'sessions', 'list'])
    expect(code).toBe(2)
    expect(err).toMatch(/^troupe: Wrong setting: --llm is "nonsense"/)
  })
})

describe('with a server on the same data', () => {
  test('talks with it if it answers, else says what to do', async () => {
    await using server = await ServerProcess.start(dataDir(), { TROUPE_LLM: 'scripted' })
    const { port } = new URL(server.url)
    const asked = await run(['chat', '-p', 'Nora', 'Hello'], port)
    expect(asked.code).toBe(0)
    const refused = await run(['sessions', 'list'])
    expect(refused).toMatchObject({ code: 1, out: '' })
    expect(refused.err).toMatch(
      /^troupe: Another Troupe uses the data directory .*--url http:.*--data-dir\n$/,
    )
  })

  test('does not take somebody else for it', async () => {
    const stranger = createServer((_request, response) => response.end('{"status":"ok"}'))
    await new Promise<void>((resolve) => stranger.listen(0, '127.0.0.1', () => resolve()))
    const address = stranger.address()
    const port = typeof address === 'object' ? address?.port : undefined
    const { code, err } = await troupe(['--url', `http://127.0.0.1:${port}`, 'sessions', 'list'])
    stranger.closeAllConnections()
    stranger.close()
    expect(code).toBe(3)
    expect(err).toContain('is not Troupe; say where it is with --url')
  })
})
