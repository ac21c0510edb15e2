/** A GGUF model that can be asked, wherever it runs. */
export interface GgufLink extends AsyncDisposable {
  /** Where, for people. */
  readonly place: string
  /** Why it cannot be used at the moment, if it cannot. */
  readonly problem: string | undefined
  /**
   * Resolves when it can be asked; starts what has ended.
   * @throws AppError `engine_unavailable` with the reason.
   */
  ready(): Promise<void>
  /** To be called when it is ready. The host in the address does not matter. */
  readonly fetch: typeof fetch
}

/** What is set of a model. */
export interface GgufSettings {
  readonly path: string
  /** Of each conversation. */
  readonly contextTokens?: number | undefined
  /** How many conversations it answers at a time. */
  readonly parallel: number
  readonly gpuLayers?: number | undefined
  readonly threads?: number | undefined
}
