import { readdir } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { systemClock } from '../../../backend/lib/clock.ts'
import { type ReplyEvent } from '../../../backend/engines/contracts.ts'
import { RunnerModel } from '../../../backend/runners/models/runner-model.ts'
import { PidFiles } from '../../../backend/runners/process/pid-files.ts'
import { type ManagedRunners } from '../../../backend/runners/runner-service.ts'
import { HANG_MS } from '../../support/hang.ts'
import { isAlive, realRunners, runnersFile } from '../../support/real-runners.ts'

/** What users of other programs of this kind have run into, each with a real process that behaves that way. */

const signal = (): AbortSignal => AbortSignal.timeout(HANG_MS)

function pidOf(runners: ManagedRunners, id: string): number | undefined {
  return runners.find(id)?.pid
}

function modelOf(runners: ManagedRunners): RunnerModel {
  return new RunnerModel({
    service: runners,
    clock: systemClock,
    config: () => undefined,
    firstTokenTimeoutMs: 30_000,
    tokenTimeoutMs: 30_000,
  })
}

const REQUEST = {
  messages: [{ role: 'user' as const, content: 'Hello' }],
  scene: { speaker: { id: 'x', name: 'X', personality: '', firstMessage: '' }, cast: [], history: [] },
}

async function textOf(events: AsyncIterable<ReplyEvent>): Promise<string> {
  let text = ''
  for await (const event of events) if (event.type === 'text') text += event.text
  return text
}

function reply(model: RunnerModel, id: string, stop = signal()): AsyncIterable<ReplyEvent> {
  return model.streamReply({ ...REQUEST, settings: { model: id } }, stop)
}

describe('a runner', () => {
  it('is started by the first request, answers it, and ends with the server', async () => {
    const real = await realRunners({ nova: { aliases: ['Stern'], env: { FAKE_LOAD_MS: '50' } } })
    const model = modelOf(real.runners)
    expect(real.runners.find('nova')?.state).toBe('stopped')
    expect(await textOf(reply(model, 'STERN'))).toBe('Hello there, traveller. The storm is near.')
    const pid = pidOf(real.runners, 'nova')
    expect(isAlive(pid)).toBe(true)
    await model[Symbol.asyncDispose]()
    await real[Symbol.asyncDispose]()
    expect(isAlive(pid)).toBe(false)
    expect(real.places.inUse).toBe(0)
  })

  it('listens on a socket file if that is wanted', async () => {
    await using real = await realRunners({ nova: { listen: 'socket' } })
    await using model = modelOf(real.runners)
    expect(await textOf(reply(model, 'nova'))).toContain('The storm is near.')
    expect(real.places.inUse).toBe(0)
  })

  it('is not ready because it lists its model, but when it says so', async () => {
    await using real = await realRunners({ nova: { env: { FAKE_LOAD_MS: '600' } } })
    using lease = await real.runners.lease('nova', signal())
    expect(lease.waitedMs).toBeGreaterThan(550)
  })

  it('may take as long as it likes to load while it says something', async () => {
    await using real = await realRunners({
      nova: { load_stall_s: 4, env: { FAKE_LOAD_MS: '6000', FAKE_TALK_MS: '100' } },
    })
    await real.runners.start('nova', signal())
    expect(real.runners.find('nova')?.state).toBe('ready')
  })

  it('that says nothing for too long is ended, and the next try starts it anew', async () => {
    await using real = await realRunners({ nova: { load_stall_s: 1, env: { FAKE_LOAD_MS: '60000' } } })
    await expect(real.runners.start('nova', signal())).rejects.toMatchObject({
      code: 'engine_unavailable',
      message: expect.stringContaining('said nothing for 1 s'),
    })
    expect(real.runners.find('nova')).toMatchObject({ state: 'failed' })
    real.settings.change(runnersFile({ nova: {} }))
    await real.runners.start('nova', signal())
    expect(real.runners.find('nova')).toMatchObject({ state: 'ready', error: undefined })
  })

  it('that ends while it loads tells with its own words why', async () => {
    await using real = await realRunners({ nova: { env: { FAKE_DIE_LOADING: 'error: out of memory' } } })
    await expect(real.runners.lease('nova', signal())).rejects.toThrow(
      /exit code 1.*\n?.*error: out of memory/su,
    )
  })

  it('whose program is not there says what to do', async () => {
    await using real = await realRunners(
      { nova: {} },
      { file: { runtimes: { llama: { command: '/no/such' } } } },
    )
    await expect(real.runners.lease('nova', signal())).rejects.toThrow(
      /"\/no\/such" is not there: install it/u,
    )
    expect(real.places.inUse).toBe(0)
  })

  it('that ignores being asked to end is killed, and is gone when stop() resolves', async () => {
    await using real = await realRunners({ nova: { stop_grace_s: 0.2, env: { FAKE_IGNORE_TERM: '1' } } })
    await real.runners.start('nova', signal())
    const pid = pidOf(real.runners, 'nova')
    await real.runners.stop('nova')
    expect(isAlive(pid)).toBe(false)
    expect(real.runners.find('nova')?.state).toBe('stopped')
  })

  it.each(['in its group', 'detached'])(
    'with a child %s that keeps its output open still ends',
    async (kind) => {
      await using real = await realRunners({ nova: { env: { FAKE_CHILD: kind } } })
      await real.runners.start('nova', signal())
      await real.runners.stop('nova')
      expect(real.runners.find('nova')?.state).toBe('stopped')
      const log = await logOf(real.runners)
      const child = Number(/child (\d+)/u.exec(log)?.[1])
      if (kind === 'detached') process.kill(child, 'SIGKILL')
      await expect.poll(() => isAlive(child)).toBe(false)
    },
  )

  it('that crashes in the middle of a reply says so, and is there again for the next one', async () => {
    await using real = await realRunners({ nova: { env: { FAKE_DIE_AFTER_TOKENS: '3' } } })
    await using model = modelOf(real.runners)
    await expect(textOf(reply(model, 'nova'))).rejects.toMatchObject({ code: 'engine_failed' })
    await expect.poll(() => real.runners.find('nova')?.error).toContain('crashed (exit code 3)')
    real.settings.change(runnersFile({ nova: {} }))
    expect(await textOf(reply(model, 'nova'))).toContain('The storm is near.')
  })

  it('takes another port if somebody was faster', async () => {
    await using real = await realRunners({
      nova: { env: { FAKE_DIE_LOADING: 'bind: address already in use' } },
    })
    await expect(real.runners.start('nova', signal())).rejects.toThrow(/address already in use/u)
    expect((await logOf(real.runners)).match(/Started as process/gu)).toHaveLength(4)
  })

  it('that keeps writing for nobody is restarted before the next request', async () => {
    await using real = await realRunners({ nova: { env: { FAKE_STICKY: '1', FAKE_TOKEN_MS: '20' } } })
    await using model = modelOf(real.runners)
    const stop = new AbortController()
    for await (const event of reply(model, 'nova', stop.signal)) if (event.type === 'text') break
    const before = pidOf(real.runners, 'nova')
    using _lease = await real.runners.lease('nova', signal())
    expect(pidOf(real.runners, 'nova')).not.toBe(before)
    expect(isAlive(before)).toBe(false)
  })

  it('that lets go of a broken-off reply is free for the next one at once, and keeps running', async () => {
    await using real = await realRunners({ nova: { env: { FAKE_TOKEN_MS: '20' } } })
    await using model = modelOf(real.runners)
    const pids = new Set<number | undefined>()
    for (let round = 0; round < 50; round += 1) {
      for await (const event of reply(model, 'nova')) if (event.type === 'text') break
      pids.add(pidOf(real.runners, 'nova'))
    }
    expect(pids.size).toBe(1)
  })

  it('left running by a server that was killed is ended by the next one', async () => {
    const real = await realRunners({ nova: { env: { FAKE_IGNORE_TERM: '1' } } })
    await real.runners.start('nova', signal())
    const pid = pidOf(real.runners, 'nova')
    expect(await readdir(real.folder)).toHaveLength(1)
    // Nobody stops it: its server might as well be dead.
    expect(await new PidFiles(real.folder).reap(systemClock, signal())).toBe(1)
    await expect.poll(() => isAlive(pid)).toBe(false)
    expect(await readdir(real.folder)).toEqual([])
    await real[Symbol.asyncDispose]()
  })

  it('tells how much memory it takes', async () => {
    await using real = await realRunners({ nova: {} })
    await real.runners.start('nova', signal())
    await expect.poll(() => real.runners.overview().memory_used_bytes).toBeGreaterThan(1_000_000)
  })
})

async function logOf(runners: ManagedRunners): Promise<string> {
  const stop = new AbortController()
  const lines: string[] = []
  setTimeout(() => stop.abort(), 50)
  for await (const { text } of runners.logs('nova', stop.signal)) lines.push(text)
  return lines.join('\n')
}
