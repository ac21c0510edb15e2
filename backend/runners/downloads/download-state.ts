import { type Download } from '#shared/entities.ts'
import { type Clock } from '../../lib/clock.ts'
import { sizeOf } from './part-file.ts'
import { type WantedFile } from './source.ts'

/** People see it move; nobody is told of every piece. */
const TELL_EVERY_MS = 250
/** Over how long the speed is measured. */
const SPEED_WINDOW_MS = 5_000

/** How far one download has come. */
export class DownloadState {
  readonly #clock: Clock
  readonly #onChange: (download: Download) => void
  #value: Download
  /** Of the files before the one that is being fetched. */
  #earlierBytes = 0
  #fileBytes = 0
  /** Without an ETag it begins anew each time. */
  #furthestBytes = 0
  /** Over the wire, so without what was there before. */
  #receivedBytes = 0
  #toldAtMs = -Infinity
  readonly #samples: { readonly atMs: number; readonly receivedBytes: number }[] = []

  constructor(
    what: Pick<Download, 'id' | 'source' | 'path'>,
    clock: Clock,
    onChange: (download: Download) => void,
  ) {
    this.#clock = clock
    this.#onChange = onChange
    this.#value = { ...what, state: 'running', done_bytes: 0 }
    onChange(this.#value)
  }

  get value(): Download {
    return this.#value
  }

  get isRunning(): boolean {
    return this.#value.state === 'running'
  }

  /** How far it has ever come. */
  get furthestBytes(): number {
    return this.#earlierBytes + this.#furthestBytes
  }

  /** @param totalBytes of the current file. */
  progress(fileBytes: number, totalBytes: number | undefined): void {
    const isFirst = this.#samples.length === 0
    if (!isFirst) this.#receivedBytes += Math.max(0, fileBytes - this.#fileBytes)
    this.#fileBytes = fileBytes
    this.#furthestBytes = Math.max(this.#furthestBytes, fileBytes)
    const nowMs = this.#clock.nowMs()
    this.#samples.push({ atMs: nowMs, receivedBytes: this.#receivedBytes })
    while ((this.#samples[1]?.atMs ?? nowMs) < nowMs - SPEED_WINDOW_MS) this.#samples.shift()
    if (nowMs - this.#toldAtMs < TELL_EVERY_MS) return
    this.#toldAtMs = nowMs
    this.#tell({
      done_bytes: this.#earlierBytes + fileBytes,
      ...(totalBytes === undefined ? {} : { total_bytes: this.#earlierBytes + totalBytes }),
      bytes_per_second: this.#speed(nowMs),
    })
  }

  nextFile(): void {
    this.#earlierBytes += this.#fileBytes
    this.#fileBytes = 0
    this.#furthestBytes = 0
  }

  /** A file that is there already. */
  async skip({ path }: WantedFile): Promise<void> {
    this.#earlierBytes += await sizeOf(path)
    this.#fileBytes = 0
  }

  end(how: Pick<Download, 'error'> & { state: Exclude<Download['state'], 'running'> }): void {
    const done_bytes = this.#earlierBytes + this.#fileBytes
    const { bytes_per_second: _speed, ...rest } = this.#value
    this.#value = rest
    this.#tell({ ...how, done_bytes, ...(how.state === 'done' ? { total_bytes: done_bytes } : {}) })
  }

  #speed(nowMs: number): number {
    const [oldest] = this.#samples
    if (!oldest || nowMs <= oldest.atMs) return 0
    return ((this.#receivedBytes - oldest.receivedBytes) / (nowMs - oldest.atMs)) * 1_000
  }

  #tell(changed: Partial<Download>): void {
    this.#value = { ...this.#value, ...changed }
    this.#onChange(this.#value)
  }
}
