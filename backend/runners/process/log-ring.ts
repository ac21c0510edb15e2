import { type RunnerLogLine } from '#shared/entities.ts'
import { deferred, type Deferred } from '../../lib/deferred.ts'

/** As much of what a runner wrote is kept. */
const RING_BYTES = 100 * 1024
const LINE_CHARACTERS = 4_096
/** Who reads slower than this loses lines: a runner never waits for its readers. */
const FOLLOWER_LINES = 2_000
const TAIL_BYTES = 8 * 1024
const TROUBLE =
  /error|fail|fatal|unable|cannot|could ?n[o']t|terminat|abort|exception|out of memory|invalid|in use/iu
const LAST_LINES = 10

interface Follower {
  readonly lines: RunnerLogLine[]
  wake: Deferred<void> | undefined
}

/** What a runner wrote lately, and readers of what it writes. */
export class LogRing {
  readonly #date: () => Date
  #lines: RunnerLogLine[] = []
  #bytes = 0
  readonly #followers = new Set<Follower>()
  /** Lines before this one belong to an earlier start. */
  #startedAt = 0

  constructor(date: () => Date) {
    this.#date = date
  }

  add(stream: RunnerLogLine['stream'], text: string): void {
    const line = { at: this.#date().toISOString(), stream, text: text.slice(0, LINE_CHARACTERS) }
    this.#lines.push(line)
    this.#bytes += line.text.length
    if (this.#bytes > RING_BYTES) this.#forget()
    for (const follower of this.#followers) {
      follower.lines.push(line)
      if (follower.lines.length > FOLLOWER_LINES) follower.lines.shift()
      follower.wake?.resolve()
    }
  }

  /** From here on it is the log of a new start. */
  mark(): void {
    this.#startedAt = this.#lines.length
  }

  /** What it has to say about its failure: lines of this start that sound like it, else its last ones. */
  tail(): string {
    const lines = this.#lines.slice(this.#startedAt).filter(({ stream }) => stream !== 'note')
    const troubled = lines.filter(({ text }) => TROUBLE.test(text))
    const told = (troubled.length > 0 ? troubled : lines.slice(-LAST_LINES)).map(({ text }) => text)
    return told.join('\n').slice(-TAIL_BYTES).trim()
  }

  /** Whether a line of this start matches. */
  says(pattern: RegExp): boolean {
    return this.#lines.slice(this.#startedAt).some(({ text }) => pattern.test(text))
  }

  /** What there is, then what comes, until the signal aborts. */
  async *follow(signal: AbortSignal): AsyncGenerator<RunnerLogLine, void> {
    const follower: Follower = { lines: this.#lines.slice(-FOLLOWER_LINES), wake: undefined }
    const onAbort = (): void => follower.wake?.resolve()
    signal.addEventListener('abort', onAbort, { once: true })
    this.#followers.add(follower)
    try {
      while (!signal.aborted) {
        const line = follower.lines.shift()
        if (line) {
          yield line
          continue
        }
        follower.wake = deferred()
        await follower.wake.promise
        follower.wake = undefined
      }
    } finally {
      this.#followers.delete(follower)
      signal.removeEventListener('abort', onAbort)
    }
  }

  #forget(): void {
    let count = 0
    // A quarter at once: not every line moves all others.
    while (this.#bytes > RING_BYTES * 0.75) {
      this.#bytes -= this.#lines[count]?.text.length ?? 0
      count += 1
    }
    this.#lines = this.#lines.slice(count)
    this.#startedAt = Math.max(0, this.#startedAt - count)
  }
}
