import { type CrudAnswer } from '#shared/protocol/events.ts'
import { type AppError } from '../../../backend/errors.ts'
import { createCrud, type Crud } from '../../../backend/crud/dispatch.ts'
import { type Store } from '../../../backend/store/contract.ts'
import { openSqliteStore } from '../../../backend/store/sqlite/sqlite-store.ts'
import { tickingClock } from '../store/support.ts'

interface TestCrud extends AsyncDisposable {
  readonly crud: Crud
  readonly store: Store
  /** What other connections were told. */
  readonly published: { answer: CrudAnswer; origin: unknown }[]
  readonly defects: AppError[]
}

/** The real thing over an empty database in memory; parts of the store may be replaced. */
export async function openTestCrud(
  replaced: (store: Store) => Partial<Store> = () => ({}),
): Promise<TestCrud> {
  const real = await openSqliteStore({ file: ':memory:', clock: tickingClock() })
  const store = { ...real, ...replaced(real) }
  const published: TestCrud['published'] = []
  const defects: AppError[] = []
  const crud = createCrud({
    store,
    publish: (answer, origin) => published.push({ answer, origin }),
    onDefect: (error) => defects.push(error),
  })
  return { crud, store, published, defects, [Symbol.asyncDispose]: () => real[Symbol.asyncDispose]() }
}
