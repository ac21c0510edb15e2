import { access } from 'node:fs/promises'
import { Agent } from 'undici'
import { type Download } from '#shared/entities.ts'
import { AppError } from '../../errors.ts'
import { type Clock, sleep } from '../../lib/clock.ts'
import { GgufError } from '../../lib/gguf/gguf-error.ts'
import { readGgufFile } from '../../lib/gguf/read-header.ts'
import { type Downloads } from '../contract.ts'
import { DownloadError, downloadSentence, isFinal } from './download-error.ts'
import { DownloadState } from './download-state.ts'
import { type Places, readSource, type Wanted, type WantedFile } from './source.ts'
import { transfer } from './transfer.ts'

export interface DownloadsOptions extends Places {
  readonly clock: Clock
  /** For private and gated repositories; shown to the hub only. */
  readonly hubToken?: string | undefined
  readonly onChange: (download: Download) => void
  /** A server that sends nothing for this long is given up. */
  readonly stallMs?: number
}

const STALL_MS = 60_000
const CONNECT_TIMEOUT_MS = 10_000
/** After so many tries in a row that come no further, it is over. */
const MAX_VAIN_TRIES = 5
const FIRST_WAIT_MS = 1_000
/** Ended ones that are still listed. */
const REMEMBERED = 50

/** Fetches models to the disk, as many at once as are asked for, each only once. */
export class ModelDownloads implements Downloads, AsyncDisposable {
  readonly #options: DownloadsOptions
  readonly #agent: Agent
  readonly #all = new Map<string, { readonly state: DownloadState; readonly controller: AbortController }>()
  readonly #running = new Set<Promise<void>>()
  #count = 0

  constructor(options: DownloadsOptions) {
    const { stallMs = STALL_MS } = options
    this.#options = options
    this.#agent = new Agent({
      bodyTimeout: stallMs,
      headersTimeout: stallMs,
      connect: { timeout: CONNECT_TIMEOUT_MS },
    })
  }

  list(): readonly Download[] {
    return [...this.#all.values()].map(({ state }) => state.value)
  }

  start(source: string): Download {
    const wanted = readSource(source, this.#options)
    const [{ path }] = wanted.files
    const same = [...this.#all.values()].find(({ state }) => state.isRunning && state.value.path === path)
    if (same) return same.state.value
    this.#forgetOldest(path)
    this.#count += 1
    const { clock, onChange } = this.#options
    const state = new DownloadState(
      { id: `download-${this.#count}`, source: wanted.source, path },
      clock,
      onChange,
    )
    const controller = new AbortController()
    this.#all.set(state.value.id, { state, controller })
    const running = this.#run(wanted, state, controller.signal).finally(() => this.#running.delete(running))
    this.#running.add(running)
    return state.value
  }

  cancel(id: string): void {
    const entry = this.#all.get(id)
    if (!entry) throw new AppError('not_found', 'There is no such download')
    entry.controller.abort(new DownloadError('cancelled', { isFinal: true }))
  }

  /** Downloads that run are left as they are; started again, they go on. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const { controller } of this.#all.values()) controller.abort()
    await Promise.all(this.#running)
    await this.#agent.destroy()
  }

  async #run(wanted: Wanted, state: DownloadState, signal: AbortSignal): Promise<void> {
    try {
      for (const file of wanted.files) await this.#fetch(file, state, signal)
      state.end({ state: 'done' })
    } catch (error) {
      if (signal.aborted) state.end({ state: 'cancelled' })
      else state.end({ state: 'failed', error: downloadSentence(error) })
    }
  }

  async #fetch(file: WantedFile, state: DownloadState, signal: AbortSignal): Promise<void> {
    if (await exists(file.path)) {
      // Of several parts some may be there; a single file is what was asked for.
      await state.skip(file)
      return
    }
    await this.#insist(file, state, signal)
    state.nextFile()
  }

  /** Tries until it is there, or until trying is no use. */
  async #insist(file: WantedFile, state: DownloadState, signal: AbortSignal): Promise<void> {
    for (let vainTries = 0; ; vainTries += 1) {
      const before = state.furthestBytes
      try {
        await this.#transfer(file, state, signal)
        return
      } catch (error) {
        if (state.furthestBytes > before) vainTries = 0
        if (signal.aborted || isFinal(error) || vainTries + 1 >= MAX_VAIN_TRIES) throw error
        await sleep(this.#options.clock, FIRST_WAIT_MS * 2 ** vainTries, signal)
      }
    }
  }

  async #transfer(file: WantedFile, state: DownloadState, signal: AbortSignal): Promise<void> {
    const { hubUrl, hubToken } = this.#options
    const isHub = file.url.origin === new URL(hubUrl).origin
    const part = await transfer(
      {
        file,
        authorization: isHub && hubToken !== undefined ? `Bearer ${hubToken}` : undefined,
        dispatcher: this.#agent,
        onProgress: (doneBytes, totalBytes) => state.progress(doneBytes, totalBytes),
      },
      signal,
    )
    try {
      await readGgufFile(part.path, signal)
    } catch (error) {
      if (!(error instanceof GgufError)) throw error
      await part.discard()
      throw new DownloadError(`What arrived cannot be used. ${error.message}`, {
        isFinal: true,
        cause: error,
      })
    }
    await part.finish()
  }

  #forgetOldest(path: string): void {
    for (const [id, { state }] of this.#all) {
      const isOld = !state.isRunning && (state.value.path === path || this.#all.size >= REMEMBERED)
      if (isOld) this.#all.delete(id)
    }
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path)
    return true
  } catch {
    return false
  }
}
