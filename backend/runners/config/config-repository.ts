import { randomUUID } from 'node:crypto'
import { mkdir, open, readFile, realpath, rename, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { AppError, toAppError } from '../../errors.ts'
import { type Clock } from '../../lib/clock.ts'
import { SerialLane } from '../../lib/serial-lane.ts'
import { type RunnerSettings } from '../runner-service.ts'
import { type RunnersFile } from './model-config.ts'
import { parseRunnersFile } from './parse-runners-file.ts'

export interface ConfigRepositoryOptions {
  readonly path: string
  readonly clock: Clock
  /** Somebody has changed the file, and it is not right: what was there before stays in force. */
  readonly onProblem: (error: AppError) => void
}

/** Asked, not told: on network drives and in containers nobody tells. */
const LOOK_EVERY_MS = 1_000
const NO_FILE = '{}'

/** The runners file: read, watched, and written whole or not at all. */
export class ConfigRepository implements RunnerSettings, AsyncDisposable {
  readonly #options: ConfigRepositoryOptions
  readonly #lane = new SerialLane()
  readonly #listeners = new Set<(file: RunnersFile) => void>()
  readonly #stateListeners = new Set<() => void>()
  #current: RunnersFile
  #text: string
  #stamp: string
  #problem: AppError | undefined
  #cancelTimer: (() => void) | undefined
  #isClosed = false

  private constructor(options: ConfigRepositoryOptions, read: FileState) {
    this.#options = options
    this.#text = read.text
    this.#stamp = read.stamp
    this.#current = this.#parsed(read.text)
    this.#lookLater()
  }

  /** @throws AppError `config_invalid` if the file is not right; without a file there are no runners. */
  static async open(options: ConfigRepositoryOptions): Promise<ConfigRepository> {
    return new ConfigRepository(options, await readState(options.path))
  }

  get current(): RunnersFile {
    return this.#current
  }

  /** What is wrong with the file as it is now; what is in force is then older. */
  get problem(): AppError | undefined {
    return this.#problem
  }

  /** As it stands in the file, right or not, for whoever wants to change it. */
  get text(): string {
    return this.#text
  }

  get path(): string {
    return this.#options.path
  }

  onChange(listener: (file: RunnersFile) => void): () => void {
    this.#listeners.add(listener)
    return () => {
      this.#listeners.delete(listener)
    }
  }

  /** Also when it is not right any more, or right again. @returns how to stop listening. */
  onState(listener: () => void): () => void {
    this.#stateListeners.add(listener)
    return () => {
      this.#stateListeners.delete(listener)
    }
  }

  /**
   * Puts this text in the place of the file, if it is right.
   * @param expected what the file is to hold until then; absent: whatever it holds.
   * @throws AppError `invalid`, `conflict`, and nothing has changed; `storage_failed`
   */
  write(text: string, expected?: string): Promise<RunnersFile> {
    return this.#lane.run(async () => {
      const { path } = this.#options
      const file = this.#checked(text)
      if (expected !== undefined && (await readState(path)).text !== expected) throw changedMeanwhile(path)
      await writeWhole(path, text)
      this.#stamp = await stampOf(path)
      this.#text = text
      this.#take(file)
      return file
    })
  }

  /** Looks whether the file has changed. */
  look(): Promise<void> {
    return this.#lane.run(async () => {
      const { path } = this.#options
      const stamp = await stampOf(path)
      if (stamp === this.#stamp) return
      // Noted first: what cannot be read is told once.
      this.#stamp = stamp
      try {
        const { text } = await readState(path)
        if (text === this.#text && !this.#problem) return
        this.#text = text
        this.#take(this.#parsed(text))
      } catch (error) {
        this.#refuse(toAppError(error))
      }
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true
    this.#cancelTimer?.()
    this.#listeners.clear()
    this.#stateListeners.clear()
    await this.#lane.idle()
  }

  #take(file: RunnersFile): void {
    this.#problem = undefined
    this.#current = file
    for (const listener of this.#listeners) listener(file)
    this.#tellState()
  }

  #refuse(problem: AppError): void {
    this.#problem = problem
    this.#options.onProblem(problem)
    this.#tellState()
  }

  #tellState(): void {
    for (const listener of this.#stateListeners) listener()
  }

  #parsed(text: string): RunnersFile {
    const { path } = this.#options
    return parseRunnersFile(text, { path, folder: dirname(path) })
  }

  /** What is wrong with it is the sender's to mend. */
  #checked(text: string): RunnersFile {
    try {
      return this.#parsed(text)
    } catch (error) {
      const { message } = toAppError(error)
      throw new AppError('invalid', message, { cause: error })
    }
  }

  #lookLater(): void {
    if (this.#isClosed) return
    this.#cancelTimer = this.#options.clock.after(LOOK_EVERY_MS, () => {
      this.look()
        .catch((error: unknown) => this.#options.onProblem(toAppError(error)))
        .finally(() => this.#lookLater())
    })
  }
}

interface FileState {
  readonly text: string
  /** Another one when the file was changed. */
  readonly stamp: string
}

async function readState(path: string): Promise<FileState> {
  // First the stamp: what is written while we read is seen the next time.
  const stamp = await stampOf(path)
  try {
    return { text: stamp === '' ? NO_FILE : await readFile(path, 'utf8'), stamp }
  } catch (error) {
    throw new AppError('config_invalid', `Cannot read the runners file ${path}; look at its permissions`, {
      cause: error,
    })
  }
}

async function stampOf(path: string): Promise<string> {
  const file = await stat(path).catch(() => undefined)
  // Who may read it is no change of the file, but of its state.
  return file ? `${file.ino} ${file.size} ${file.mtimeMs} ${file.ctimeMs}` : ''
}

function changedMeanwhile(path: string): AppError {
  return new AppError(
    'conflict',
    `The runners file ${path} was changed meanwhile; read it again, and change what it says now`,
  )
}

async function writeWhole(path: string, text: string): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true })
    // A link stays a link.
    const target = await realpath(path).catch(() => path)
    const temporary = `${target}.${randomUUID()}.tmp`
    try {
      await writeSynced(temporary, text)
      await rename(temporary, target)
    } finally {
      await rm(temporary, { force: true })
    }
  } catch (error) {
    throw new AppError('storage_failed', `Cannot write the runners file ${path}; look at its permissions`, {
      cause: error,
    })
  }
}

/** Only its owner may read it: an environment may hold keys. */
async function writeSynced(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx', 0o600)
  try {
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
}
