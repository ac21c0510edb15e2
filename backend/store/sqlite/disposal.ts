import { TrashKind } from '#shared/entities.ts'
import { macrotask } from '../../lib/macrotask.ts'
import { type TrashStore } from '../contract.ts'
import { Background } from './background.ts'
import { type Database } from './database.ts'
import { Forgetter, TABLES } from './forgetter.ts'
import { attempt } from './storage-errors.ts'

type Disposal = Pick<TrashStore, 'delete' | 'purge'> & AsyncDisposable

/**
 * Emptying the trash.
 * @param read what is in it under an id. @throws AppError `not_found`
 */
export function disposalOf(
  database: Database,
  read: (trashId: string) => { readonly kind: TrashKind; readonly id: string },
): Disposal {
  const { sqlite, filling } = database
  const forgetter = new Forgetter(database)
  const background = new Background()
  const old = oldIn(database)
  const begin = sqlite.transaction((kind: TrashKind, id: string) => forgetter.begin(kind, id))
  const beginOne = sqlite.transaction((trashId: string) => {
    const { kind, id } = read(trashId)
    return { kind, id, isGone: begin(kind, id) }
  })
  return {
    async delete(trashId) {
      const { kind, id, isGone } = await attempt('delete it for good', () => beginOne(trashId))
      // Others wait behind whoever asked for it: nobody sees it any more, so nobody has to wait until all of it is gone.
      if (!isGone) background.run((signal) => forgetter.finish(kind, id, signal))
    },
    async purge(before, signal) {
      let count = 0
      for (const [kind, statement] of old) {
        const ids = await attempt('empty the trash', () => statement.all({ before: before.toISOString() }))
        for (const id of ids.filter((one) => !filling.has(one))) {
          signal?.throwIfAborted()
          const isGone = await attempt('empty the trash', () => begin(kind, id))
          if (!isGone) await forgetter.finish(kind, id, signal)
          count += 1
          await macrotask()
        }
      }
      return count
    },
    [Symbol.asyncDispose]: () => background[Symbol.asyncDispose](),
  }
}

/** The ids of each kind that have been in the trash for long. */
function oldIn({ sqlite }: Database) {
  return TrashKind.options.map((kind) => {
    const { table, key } = TABLES[kind]
    const ids = sqlite.prepare<object, string>(`SELECT ${key} FROM ${table} WHERE deleted_at < @before`)
    return [kind, ids.pluck()] as const
  })
}
