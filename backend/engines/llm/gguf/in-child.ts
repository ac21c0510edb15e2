import { type ChildProcess } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { Agent, fetch as pooledFetch } from 'undici'
import { z } from 'zod'
import { AppError } from '../../../errors.ts'
import { deferred } from '../../../lib/deferred.ts'
import { forkChild } from '../../../lib/spawn.ts'
import { ggufFlags } from './gguf-command.ts'
import { type GgufLink, type GgufSettings } from './gguf-link.ts'
import { ggufProblem } from './installation.ts'

const FromChild = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready') }),
  z.object({ type: z.literal('broken'), reason: z.string() }),
])

interface Running {
  readonly child: ChildProcess
  readonly agent: Agent
  readonly ready: Promise<void>
  readonly ended: Promise<void>
}

/** How long it may take to give its memory back when it is asked to end. */
const GRACE_MS = 3_000

/** A model in a child process, reached by a socket file. Should it die, the next request starts it again. */
export class ChildModel implements GgufLink {
  readonly place = 'in a process of its own'
  readonly #settings: GgufSettings
  #running: Promise<Running> | undefined
  #problem: string | undefined
  #agent: Agent | undefined
  #isClosed = false

  constructor(settings: GgufSettings) {
    this.#settings = settings
    this.ready().catch(() => {}) // Told to who asks.
  }

  get problem(): string | undefined {
    return this.#problem
  }

  async ready(): Promise<void> {
    if (this.#isClosed) throw new AppError('engine_unavailable', 'The model is shut down')
    this.#running ??= this.#start()
    const running = await this.#running
    await running.ready
  }

  /** Agent and `fetch` must be of one version of their package, which the one in Node is not. */
  readonly fetch = async (input: string | URL | Request, init: RequestInit = {}): Promise<Response> => {
    const { method = 'GET', body, signal } = init
    const answer = await pooledFetch(input instanceof Request ? input.url : input, {
      method,
      headers: [...new Headers(init.headers)],
      ...(this.#agent ? { dispatcher: this.#agent } : {}),
      ...(typeof body === 'string' ? { body } : {}),
      ...(signal ? { signal } : {}),
    })
    const { status, statusText, headers } = answer
    const chunks = answer.body && ReadableStream.from<Uint8Array>(answer.body)
    return new Response(chunks, { status, statusText, headers: [...headers] })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true
    this.#problem ??= 'It is shut down'
    const running = await this.#running?.catch(() => {})
    if (!running) return
    running.child.kill('SIGTERM')
    const killing = setTimeout(() => running.child.kill('SIGKILL'), GRACE_MS)
    await running.ended
    clearTimeout(killing)
  }

  async #start(): Promise<Running> {
    const problem = ggufProblem()
    if (problem !== undefined) throw this.#forget(problem)
    // Of our own, so that nobody else on this machine can reach the socket in it.
    const folder = await mkdtemp(join(tmpdir(), 'troupe-gguf-'))
    const socketPath = join(folder, 'model.sock')
    const { path } = this.#settings
    const flags = ggufFlags({ ...this.#settings, alias: basename(path), listen: { socketPath } })
    const child = forkChild(new URL('gguf-child.ts', import.meta.url), flags)
    const agent = new Agent({ connect: { socketPath }, headersTimeout: 0, bodyTimeout: 0 })
    this.#agent = agent
    const ready = deferred()
    ready.promise.catch(() => {})
    const ended = deferred()
    let reason: string | undefined
    child.on('message', (message) => {
      const told = FromChild.safeParse(message)
      if (told.data?.type === 'broken') ({ reason } = told.data)
      if (told.data?.type === 'ready') ready.resolve()
    })
    const onEnd = (how: string): void => {
      ready.reject(
        this.#forget(reason ?? `The model "${path}" ended (${how}); the next question starts it again`),
      )
      Promise.allSettled([agent.destroy(), rm(folder, { recursive: true, force: true })]).then(
        () => ended.resolve(),
        () => {},
      )
    }
    child.on('error', (error) => onEnd(error.message))
    child.on('exit', (code, signal) => onEnd(signal ?? `code ${code}`))
    void ready.promise.then(
      () => (this.#problem = undefined),
      () => {},
    )
    return { child, agent, ready: ready.promise, ended: ended.promise }
  }

  /** The next request starts it anew. */
  #forget(problem: string): AppError {
    this.#running = undefined
    this.#problem = problem
    return new AppError('engine_unavailable', problem)
  }
}
