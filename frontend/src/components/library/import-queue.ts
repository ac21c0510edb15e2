import { shallowRef, type ShallowRef } from 'vue'
import { type ImportResult, type OnDuplicate } from '#shared/entities/import.ts'

export type ImportState = 'waiting' | 'sending' | 'done' | 'duplicate' | 'skipped' | 'failed' | 'stopped'

/** One card that is brought in, or was to be. */
export interface ImportItem {
  readonly key: number
  readonly file: File
  readonly name: string
  readonly state: ImportState
  readonly result: ImportResult | null
  /** Why it did not arrive at all. */
  readonly failure: string | null
  /** One of several in an archive: it cannot be sent without the others. */
  readonly isPacked: boolean
}

/** Sends one file and tells what became of the cards in it, one after another. */
export type SendFile = (
  file: File,
  options: { onDuplicate: OnDuplicate; signal: AbortSignal },
) => AsyncIterable<ImportResult>

/** So many files are on their way at a time. */
const AT_ONCE = 3

/**
 * Brings in many files, a few at a time, and knows of each what became of it. Who is here already is not brought in
 * again before somebody has decided how.
 */
export class ImportQueue {
  readonly items: ShallowRef<readonly ImportItem[]> = shallowRef([])
  readonly #send: SendFile
  /** What a failure is called. */
  readonly #sayFailure: (error: unknown) => string
  readonly #wishes = new Map<number, OnDuplicate>()
  /** What is to be done with all duplicates that are still to be found. */
  #standing: OnDuplicate | null = null
  #stop = new AbortController()
  #running = 0
  #lastKey = 0

  constructor(send: SendFile, sayFailure: (error: unknown) => string) {
    this.#send = send
    this.#sayFailure = sayFailure
  }

  add(files: Iterable<File>): void {
    if (this.#stop.signal.aborted) this.#stop = new AbortController()
    const added = [...files].map((file) => this.#itemOf(file, file.name))
    this.items.value = [...this.items.value, ...added]
    this.#goOn()
  }

  /** What has been brought in stays; the rest is not. */
  stop(): void {
    this.#stop.abort()
    this.#change(
      ({ state }) => state === 'waiting' || state === 'sending',
      () => ({ state: 'stopped' }),
    )
  }

  /** Once more: those that failed or were stopped. */
  retry(): void {
    this.#stop = new AbortController()
    this.#change(
      ({ state }) => state === 'failed' || state === 'stopped',
      () => ({ state: 'waiting', result: null, failure: null }),
    )
    this.#goOn()
  }

  /** Decides about one duplicate, or with `forAll` about all of them, found or still to be found. */
  decide(key: number, onDuplicate: OnDuplicate, forAll: boolean): void {
    if (forAll) this.#standing = onDuplicate
    const isMeant = (item: ImportItem): boolean => item.state === 'duplicate' && (forAll || item.key === key)
    if (onDuplicate !== 'skip') {
      for (const item of this.items.value.filter(isMeant)) {
        // It may have been taken together with another one of its archive.
        if (!this.items.value.includes(item)) continue
        this.#wishes.set(item.key, onDuplicate)
        if (item.isPacked) this.#unpack(item)
      }
    }
    this.#change(isMeant, () => ({ state: onDuplicate === 'skip' ? 'skipped' : 'waiting' }))
    if (this.#stop.signal.aborted) this.#stop = new AbortController()
    this.#goOn()
  }

  /** Forgets everything that is over. */
  clear(): void {
    this.stop()
    this.items.value = []
    this.#wishes.clear()
    this.#standing = null
  }

  #itemOf(file: File, name: string): ImportItem {
    this.#lastKey += 1
    return { key: this.#lastKey, file, name, state: 'waiting', result: null, failure: null, isPacked: false }
  }

  /** The archive goes as a whole, so its other lines will come anew. */
  #unpack({ key, file }: ImportItem): void {
    this.items.value = this.items.value.filter((item) => item.file !== file || item.key === key)
  }

  #goOn(): void {
    while (this.#running < AT_ONCE) {
      const next = this.items.value.find(({ state }) => state === 'waiting')
      if (next === undefined) return
      this.#running += 1
      this.#set(next.key, { state: 'sending' })
      void this.#bring(next, this.#stop.signal).finally(() => {
        this.#running -= 1
        this.#goOn()
      })
    }
  }

  async #bring(item: ImportItem, signal: AbortSignal): Promise<void> {
    const onDuplicate = this.#wishes.get(item.key) ?? this.#standing ?? 'skip'
    let count = 0
    try {
      for await (const result of this.#send(item.file, { onDuplicate, signal })) {
        if (signal.aborted) return
        // An archive holds several: each has a line of its own.
        if (count === 0) this.#take(item.key, result)
        else this.#addLine(item, result)
        count += 1
      }
      if (count === 0) this.#fail(item.key, new Error('The server said nothing about it'))
    } catch (error) {
      if (!signal.aborted) this.#fail(item.key, error)
    }
  }

  #take(key: number, result: ImportResult): void {
    this.#set(key, { name: result.file, result, state: this.#stateOf(result) })
  }

  #addLine({ file, key }: ImportItem, result: ImportResult): void {
    const state = this.#stateOf(result)
    const line = { ...this.#itemOf(file, result.file), result, state, isPacked: true }
    this.#set(key, { isPacked: true })
    const index = this.items.value.findIndex((one) => one.key === key)
    this.items.value = this.items.value.toSpliced(index === -1 ? this.items.value.length : index + 1, 0, line)
  }

  #stateOf({ ok, outcome }: ImportResult): ImportState {
    if (outcome === 'skipped') return this.#standing === 'skip' ? 'skipped' : 'duplicate'
    return ok ? 'done' : 'failed'
  }

  #fail(key: number, error: unknown): void {
    this.#set(key, { state: 'failed', failure: this.#sayFailure(error) })
  }

  #set(key: number, change: Partial<ImportItem>): void {
    this.#change(
      (item) => item.key === key,
      () => change,
    )
  }

  #change(isMeant: (item: ImportItem) => boolean, change: () => Partial<ImportItem>): void {
    this.items.value = this.items.value.map((item) => (isMeant(item) ? { ...item, ...change() } : item))
  }
}
