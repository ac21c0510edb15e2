import { type ModelConfig } from './config/model-config.ts'

/** The border between what decides over runners and what runs. */

export interface Launcher {
  /**
   * Starts what the settings say. It need not be ready when this resolves.
   * @throws AppError `engine_unavailable` if it cannot even be started; nothing is left of it then.
   */
  launch(order: LaunchOrder): Promise<Instance>
}

export interface LaunchOrder {
  readonly config: ModelConfig
  readonly onLog: (stream: 'out' | 'err', text: string) => void
  /** It does something, be it half a line. */
  readonly onActivity: () => void
  /** 0 … 1, where it can be told. */
  readonly onProgress?: (progress: number) => void
}

/** Something that runs. */
export interface Instance {
  readonly pid: number | undefined
  readonly access: Access
  /** Resolves when nothing of it runs any more, and its place is free again. Never rejects. */
  readonly ended: Promise<Exit>
  /** One look whether it takes requests; false also if it does not answer. */
  isReady(signal: AbortSignal): Promise<boolean>
  /** How many requests it is working on; undefined if it does not tell. */
  busySlots(signal: AbortSignal): Promise<number | undefined>
  memoryBytes(): Promise<number | undefined>
  /** Asks it to end. */
  terminate(): void
  /** Ends it. */
  kill(): void
}

export interface Exit {
  /** `exit code 1`, `SIGKILL`, `cannot be started: …` */
  readonly reason: string
}

/** How requests reach it. */
export interface Access {
  /** OpenAI-compatible, with `/v1`. */
  readonly baseUrl: string
  readonly fetch: typeof fetch
  readonly apiKey: string | undefined
  /** As its server calls the model. */
  readonly model: string
}

/** Calls back when it has ended, soon after that. */
export function whenEnded({ ended }: Instance, callback: (exit: Exit) => void): void {
  const wait = async (): Promise<void> => callback(await ended)
  void wait()
}
