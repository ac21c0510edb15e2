import { vi } from 'vitest'
import { HANG_MS } from './hang.ts'

/** What somebody who listens to server-sent events is told, in order. */
export class ServerEvents implements AsyncDisposable {
  readonly response: Response
  readonly all: unknown[] = []
  /** Resolves when there is no more. */
  readonly ended: Promise<void>
  readonly #leaving: AbortController

  private constructor(response: Response, leaving: AbortController) {
    this.response = response
    this.#leaving = leaving
    this.ended = this.#read()
  }

  static async open(url: string, init: RequestInit = {}): Promise<ServerEvents> {
    const leaving = new AbortController()
    return new ServerEvents(await fetch(url, { ...init, signal: leaving.signal }), leaving)
  }

  /** The first event that looks like this, if it has come or still comes. */
  async like(fields: Readonly<Record<string, unknown>>): Promise<unknown> {
    return vi.waitFor(
      () => {
        const found = this.all.find((event) => isLike(event, fields))
        if (found === undefined) {
          throw new Error(`Nothing like ${JSON.stringify(fields)} in ${JSON.stringify(this.all)}`)
        }
        return found
      },
      { timeout: HANG_MS, interval: 10 },
    )
  }

  /** Hangs up. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#leaving.abort()
    await this.ended
  }

  async #read(): Promise<void> {
    const decoder = new TextDecoder()
    let text = ''
    try {
      for await (const piece of this.response.body ?? []) {
        text += decoder.decode(piece, { stream: true })
        const frames = text.split('\n\n')
        text = frames.pop() ?? ''
        for (const frame of frames) this.#take(frame)
      }
    } catch (error) {
      if (!this.#leaving.signal.aborted) throw error
    }
  }

  #take(frame: string): void {
    if (frame.startsWith('data: ')) this.all.push(JSON.parse(frame.slice('data: '.length)))
  }
}

function isLike(value: unknown, wanted: unknown): boolean {
  if (typeof wanted === 'string' && wanted.startsWith('…')) {
    return typeof value === 'string' && value.includes(wanted.slice(1))
  }
  if (typeof wanted !== 'object' || wanted === null) return value === wanted
  if (typeof value !== 'object' || value === null) return false
  const fields = new Map(Object.entries(value))
  return Object.entries(wanted).every(([name, inner]) => isLike(fields.get(name), inner))
}
