import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { AppError } from '../../../backend/errors.ts'
import { ConfigRepository } from '../../../backend/runners/config/config-repository.ts'
import { parseRunnersFile } from '../../../backend/runners/config/parse-runners-file.ts'
import { planOf } from '../../../backend/runners/process/launch-plan.ts'
import { FakeClock } from '../../fakes/fake-clock.ts'

const EXAMPLE = new URL('../../../docs/examples/runners.json', import.meta.url)

const PLACE = { port: 4711, release: () => Promise.resolve() }

function parsed(value: unknown) {
  return parseRunnersFile(JSON.stringify(value), { path: 'runners.json', folder: '/data' })
}

function faultOf(value: unknown): string {
  try {
    parsed(value)
  } catch (error) {
    if (error instanceof AppError && error.code === 'config_invalid') return error.message
    throw error
  }
  return 'none'
}

function argsOf(value: unknown): string {
  const { runners, runtimes } = parsed(value)
  const [config] = runners
  if (!config) throw new Error('There is no runner')
  const { command, args } = planOf(config, { runtimes, place: PLACE, apiKey: 'secret' })
  return [command, ...args].join(' ')
}

describe('the runners file', () => {
  it('of the documentation is right', async () => {
    const { runners } = parseRunnersFile(await readFile(EXAMPLE, 'utf8'), {
      path: 'runners.json',
      folder: '/data',
    })
    expect(runners.map(({ id }) => id)).toEqual([
      'llama3.1:8b',
      'qwen3:32b',
      'nomic-embed',
      'small',
      'ears',
      'better-ears',
      'kokoro',
    ])
    expect(runners[0]).toMatchObject({ model: join(homedir(), 'models/Llama-3.1-8B-Instruct-Q4_K_M.gguf') })
  })

  it('means its paths from its own folder', () => {
    const file = parsed({
      model_folders: ['more'],
      runners: [{ kind: 'gguf', id: 'nova', model: 'nova.gguf' }],
    })
    expect(file).toMatchObject({ model_folders: ['/data/more'], runners: [{ model: '/data/nova.gguf' }] })
  })

  it.each([
    ['a field that is missing', { runners: [{ kind: 'llama', id: 'nova' }] }, /"runners\.0\.model"/u],
    ['a field that nobody knows', { runners: [{ kind: 'gguf', id: 'nova', model: 'x', gpu: 1 }] }, /gpu/u],
    [
      'a wrong value',
      { runners: [{ kind: 'gguf', id: 'nova', model: 'x', ttl_s: 'ever' }] },
      /"runners\.0\.ttl_s"/u,
    ],
    [
      'a name that is given twice',
      {
        runners: [
          { kind: 'gguf', id: 'nova', model: 'x' },
          { kind: 'gguf', id: 'luna', aliases: ['NOVA'], model: 'x' },
        ],
      },
      /"NOVA" is a name of "nova" and of "luna"/u,
    ],
    [
      'a group that is not there',
      { runners: [{ kind: 'gguf', id: 'n', model: 'x', group: 'g' }] },
      /group "g"/u,
    ],
    [
      'a runtime that is not there',
      { runners: [{ kind: 'llama', id: 'n', model: 'x', runtime: 'r' }] },
      /runtime "r"/u,
    ],
    [
      'a flag that would show a runner to everybody',
      { runners: [{ kind: 'llama', id: 'n', model: 'x', args: ['--host', '0.0.0.0'] }] },
      /"runners\.0\.args\.0": is decided by Troupe/u,
    ],
    ['what is no object', 'nova', /not right/u],
  ])('says where and what: %s', (_, value, sentence) => {
    expect(faultOf(value)).toMatch(sentence)
  })

  it('that is no JSON says so', () => {
    expect(() => parseRunnersFile('{ runners: ', { path: 'runners.json', folder: '/data' })).toThrow(
      /runners\.json is not right: it is no JSON/u,
    )
  })

  it('tells llama-server the context of all requests together, and its key where nobody sees it', () => {
    const runner = {
      kind: 'llama',
      id: 'nova',
      model: '/m.gguf',
      context_tokens: 4096,
      parallel: 2,
      args: ['-fa', 'on'],
    }
    const args = argsOf({ runners: [runner] })
    expect(args).toContain('llama-server --model /m.gguf --alias nova --host 127.0.0.1 --port 4711')
    expect(args).toContain('--parallel 2 --ctx-size 8192')
    expect(args).toMatch(/-fa on$/u)
    expect(args).not.toContain('secret')
  })

  it('fills in the places of a command', () => {
    const command = ['serve', '--listen=${HOST}:${PORT}', '--name', '${MODEL}', '${OTHER}']
    const args = argsOf({ runners: [{ kind: 'command', id: 'nova', command }] })
    expect(args).toBe('serve --listen=127.0.0.1:4711 --name nova ${OTHER}')
  })
})

describe('the older shape', () => {
  const OLD = {
    'llama-runtimes': { 'llama-server': { runtime: '/opt/llama-server' } },
    default_runtime: 'llama-server',
    concurrentRunners: 1,
    models: {
      nova: {
        model_path: '/models/nova.gguf',
        display_name: 'Nova',
        parameters: { ctx_size: 8192, temp: 0.7 },
      },
      luna: { model_path: '/models/luna.gguf', llama_cpp_runtime: 'llama-server', enabled: false },
    },
    parameters: { n_gpu_layers: 33, mlock: true, mmap: false, port: 8080, lora: ['a', 'b'] },
    model_discovery: { enabled: true, path: '/models' },
    audio: {
      runtimes: { whisper: '/opt/whisper-server' },
      models: { ears: { model_path: '/models/ggml.bin', runtime: 'whisper' } },
    },
    proxies: { ollama: { enabled: true, port: 11434 }, lmstudio: { enabled: false } },
  }

  it('is taken for what it means', () => {
    const file = parsed(OLD)
    expect(file).toMatchObject({ max_running: 1, model_folders: ['/models'], proxies: OLD.proxies })
    expect(file.runners.map(({ id, kind }) => [id, kind])).toEqual([
      ['nova', 'llama'],
      ['ears', 'whisper'],
    ])
    expect(argsOf(OLD)).toMatch(
      /^\/opt\/llama-server --model \/models\/nova\.gguf .*--ctx-size 8192 --n-gpu-layers 33 --lora \/data\/a --lora \/data\/b --temp 0\.7$/u,
    )
  })

  it('says where it is wrong', () => {
    expect(faultOf({ models: { nova: { model_path: 5 } } })).toContain('models.nova')
  })
})

describe('the repository', () => {
  const folders: string[] = []
  afterEach(() =>
    Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true, force: true }))),
  )

  async function opened(text?: string) {
    const folder = await mkdtemp(join(tmpdir(), 'troupe-config-'))
    folders.push(folder)
    const path = join(folder, 'runners.json')
    if (text !== undefined) await writeFile(path, text)
    const problems: AppError[] = []
    const clock = new FakeClock()
    const repository = await ConfigRepository.open({
      path,
      clock,
      onProblem: (error) => problems.push(error),
    })
    return { repository, path, folder, problems, clock }
  }

  it('has no runners as long as there is no file, and sees it come', async () => {
    const { repository, path } = await opened()
    expect(idsOf(repository)).toEqual([])
    await writeFile(path, withRunner('nova'))
    await repository.look()
    expect(idsOf(repository)).toEqual(['nova'])
    await repository[Symbol.asyncDispose]()
  })

  it('keeps what was good when somebody makes a mistake, tells of it once, and goes on when it is mended', async () => {
    const { repository, path, problems } = await opened(withRunner('nova'))
    const seen: string[][] = []
    repository.onChange(() => seen.push(idsOf(repository)))
    await writeFile(path, '{ "runners": [ oops')
    await repository.look()
    await repository.look()
    expect(idsOf(repository)).toEqual(['nova'])
    expect(problems.map(({ code }) => code)).toEqual(['config_invalid'])
    expect(repository.problem?.message).toContain('no JSON')
    await writeFile(path, withRunner('luna'))
    await repository.look()
    expect(seen).toEqual([['luna']])
    expect(repository.problem).toBeUndefined()
    await repository[Symbol.asyncDispose]()
  })

  it('writes all or nothing, for its owner only', async () => {
    const { repository, path, folder } = await opened(withRunner('nova'))
    await expect(repository.write('{ "runners": 5 }')).rejects.toMatchObject({ code: 'invalid' })
    expect(await readFile(path, 'utf8')).toBe(withRunner('nova'))
    await repository.write(withRunner('luna'))
    expect(idsOf(repository)).toEqual(['luna'])
    expect(await readFile(path, 'utf8')).toBe(withRunner('luna'))
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    expect(await readdir(folder)).toEqual(['runners.json'])
    await repository[Symbol.asyncDispose]()
  })

  it('looks by itself, until it is closed', async () => {
    const { repository, path, clock } = await opened(withRunner('nova'))
    const changed = new Promise((resolve) => repository.onChange(resolve))
    await writeFile(path, withRunner('luna'))
    await clock.advance(1_000)
    await changed
    await repository[Symbol.asyncDispose]()
    await clock.advance(5_000)
    expect(clock.pendingTimers).toBe(0)
  })
})

function withRunner(id: string): string {
  return JSON.stringify({ runners: [{ kind: 'gguf', id, model: 'x.gguf' }] })
}

function idsOf({ current }: ConfigRepository): string[] {
  return current.runners.map(({ id }) => id)
}
