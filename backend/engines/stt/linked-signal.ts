import { setMaxListeners } from 'node:events'
import { abortReason } from '../../lib/abort.ts'

/**
 * A signal that aborts when any of the others does, with its reason, or when its scope is left. Unlike
 * `AbortSignal.any` it lets go of the others for certain: they may live as long as the connection.
 */
export class LinkedSignal implements Disposable {
  readonly #controller = new AbortController()
  readonly #links: readonly { readonly source: AbortSignal; readonly onAbort: () => void }[]

  constructor(...sources: readonly AbortSignal[]) {
    this.#links = sources.map((source) => ({
      source,
      onAbort: () => this.#controller.abort(abortReason(source)),
    }))
    for (const { source, onAbort } of this.#links) {
      // Ten requests at once that hang on one signal are no leak: each of them lets go of it.
      setMaxListeners(0, source)
      source.addEventListener('abort', onAbort, { once: true })
      if (source.aborted) onAbort()
    }
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  [Symbol.dispose](): void {
    for (const { source, onAbort } of this.#links) source.removeEventListener('abort', onAbort)
    this.#controller.abort()
  }
}
