import { type Clock } from '../lib/clock.ts'
import { type Logger } from '../logging.ts'
import { type Store } from '../store/contract.ts'

const MS_PER_DAY = 86_400_000
/** What was deleted can be had back for so long. */
const TRASH_DAYS = 30
const FAILED = 'The trash was not emptied; it is tried again tomorrow'

interface PurgeDeps {
  readonly store: { readonly trash: Pick<Store['trash'], 'purge'> }
  readonly clock: Clock
  readonly logger: Pick<Logger, 'error'>
}

/** Forgets for good what has been in the trash for 30 days: now, and once a day until it is disposed. */
export function purgeTrashDaily({ store, clock, logger }: PurgeDeps): AsyncDisposable {
  const leaving = new AbortController()
  let running: Promise<unknown> = Promise.resolve()
  let cancel: (() => void) | undefined
  const purge = (): void => {
    const before = new Date(clock.date().getTime() - TRASH_DAYS * MS_PER_DAY)
    running = store.trash.purge(before, leaving.signal).catch((error: unknown) => {
      if (!leaving.signal.aborted) logger.error({ err: error }, FAILED)
    })
    cancel = clock.after(MS_PER_DAY, purge)
  }
  purge()
  return {
    async [Symbol.asyncDispose]() {
      cancel?.()
      leaving.abort()
      await running
    },
  }
}
