/** A service that searches the web. */
export interface SearchProvider {
  /** As sentences name it. */
  readonly label: string
  /** @throws AppError if it cannot be asked or does not answer as agreed. */
  search(query: string, limit: number, signal: AbortSignal): Promise<SearchAnswer>
}

export interface SearchAnswer {
  /** Said straight away, if the service knows. */
  readonly answers: readonly string[]
  /** The best first; texts may hold HTML. */
  readonly results: readonly SearchResult[]
}

export interface SearchResult {
  readonly title: string
  readonly url: string
  readonly snippet: string
}
