import { type ModelFileInfo } from '#shared/entities.ts'
import { abortable } from '../../lib/abort.ts'
import { type Clock } from '../../lib/clock.ts'
import { type LocalModels } from './local-models.ts'

const FRESH_MS = 5_000
const READ_TIMEOUT_MS = 15_000

/** The model files on the disk; who asks waits for them once, and from then on has what was there a moment ago. */
export class KnownFiles {
  readonly #service: Pick<LocalModels['service'], 'files'>
  readonly #clock: Clock
  #files: readonly ModelFileInfo[] | undefined
  #readAtMs = -Infinity
  #reading: Promise<void> | undefined

  constructor(service: Pick<LocalModels['service'], 'files'>, clock: Clock) {
    this.#service = service
    this.#clock = clock
  }

  /** @throws the signal's reason. */
  async list(signal: AbortSignal): Promise<readonly ModelFileInfo[]> {
    if (this.#clock.nowMs() - this.#readAtMs >= FRESH_MS) {
      this.#reading ??= this.#read().finally(() => {
        this.#readAtMs = this.#clock.nowMs()
        this.#reading = undefined
      })
    }
    if (!this.#files && this.#reading) await abortable(this.#reading, signal)
    return this.#files ?? []
  }

  /** A folder that cannot be read has no files: what is configured can be talked to without. */
  async #read(): Promise<void> {
    try {
      this.#files = await this.#service.files(AbortSignal.timeout(READ_TIMEOUT_MS))
    } catch {
      this.#files ??= []
    }
  }
}
