import { type TrashKind } from '#shared/entities.ts'
import { macrotask } from '../../lib/macrotask.ts'
import { type Database } from './database.ts'
import { attempt } from './storage-errors.ts'

/** So many rows are removed before others have their turn: a few milliseconds. */
const SLICE_ROWS = 100

/**
 * The moment that stands where something is neither there nor in the trash: it is being filled, or being forgotten. It
 * lies in a distant past, so that what a crash leaves of it is swept out with the rest of the trash.
 */
export const UNFINISHED = '1970-01-01T00:00:00.000Z'

/** Where each kind is kept: its table and its key. */
export const TABLES: Readonly<Record<TrashKind, { readonly table: string; readonly key: string }>> = {
  character: { table: 'characters', key: 'id' },
  voice: { table: 'voices', key: 'voice_id' },
  conversation: { table: 'conversations', key: 'conversation_id' },
  message: { table: 'messages', key: 'message_id' },
  persona: { table: 'personas', key: 'persona_id' },
  lorebook: { table: 'lorebooks', key: 'lorebook_id' },
}

/** The messages that go with something: of a message, all that was said behind its wordings; itself comes first. */
const GOING_ALONG: Readonly<Partial<Record<TrashKind, string>>> = {
  conversation: 'SELECT position FROM messages WHERE conversation_id = @id',
  message: `
    WITH RECURSIVE gone (position, message_id) AS (
      SELECT position, message_id FROM messages WHERE message_id = @id
      UNION
      SELECT behind.position, behind.message_id FROM gone
      JOIN alternatives ON alternatives.message_id = gone.message_id
      JOIN messages AS behind ON behind.hidden_under = alternatives.position
    )
    SELECT position FROM gone`,
}
const NOTHING = 'SELECT position FROM messages WHERE message_id = @id AND false'
/** Rows that change when somebody is forgotten. */
const OF_CHARACTER = `
  SELECT position FROM messages WHERE character_id = @id
  UNION ALL SELECT position FROM notes WHERE character_id = @id`

function preparePerKind({ sqlite }: Database, kind: TrashKind) {
  const { table, key } = TABLES[kind]
  const rows = kind === 'character' ? OF_CHARACTER : (GOING_ALONG[kind] ?? NOTHING)
  return {
    mark: sqlite.prepare<object>(
      `UPDATE ${table} SET deleted_at = '${UNFINISHED}' WHERE ${key} = @id AND deleted_at IS NOT NULL`,
    ),
    // By now somebody else may have its id.
    remove: sqlite.prepare<object>(
      `DELETE FROM ${table} WHERE ${key} = @id AND deleted_at = '${UNFINISHED}'`,
    ),
    size: sqlite.prepare<object, number>(`SELECT count(*) FROM (${rows} LIMIT ${SLICE_ROWS + 1})`).pluck(),
    // Last first: whatever stands behind a message goes before it, and takes nothing along.
    goingAlong: sqlite
      .prepare<object, number>(
        `SELECT position FROM (${GOING_ALONG[kind] ?? NOTHING}) ORDER BY position DESC`,
      )
      .pluck(),
  }
}

function prepare(database: Database) {
  const { sqlite } = database
  return {
    of: {
      character: preparePerKind(database, 'character'),
      voice: preparePerKind(database, 'voice'),
      conversation: preparePerKind(database, 'conversation'),
      message: preparePerKind(database, 'message'),
      persona: preparePerKind(database, 'persona'),
      lorebook: preparePerKind(database, 'lorebook'),
    } satisfies Record<TrashKind, unknown>,
    removeMessages: sqlite.prepare<object>(
      'DELETE FROM messages WHERE position IN (SELECT value FROM json_each(@positions))',
    ),
    unname: sqlite.prepare<object>(
      `UPDATE messages SET character_id = NULL WHERE position IN (
        SELECT position FROM messages WHERE character_id = @id LIMIT ${SLICE_ROWS}
      )`,
    ),
    removeNotes: sqlite.prepare<object>(
      `DELETE FROM notes WHERE position IN (
        SELECT position FROM notes WHERE character_id = @id LIMIT ${SLICE_ROWS}
      )`,
    ),
    forgetOriginal: sqlite.prepare<object>('DELETE FROM originals WHERE kind = @kind AND id = @id'),
  }
}

/**
 * Removes things for good, with all that hangs on them. What is small goes at once; a conversation of years slice by
 * slice, so that it stands in nobody's way.
 */
export class Forgetter {
  readonly #statements: ReturnType<typeof prepare>

  constructor(database: Database) {
    this.#statements = prepare(database)
  }

  /**
   * Something that is in the trash: from now on nobody finds it there any more. To be called within a transaction.
   * @returns whether it is gone; if not, it has to be forgotten yet.
   */
  begin(kind: TrashKind, id: string): boolean {
    const { mark, size } = this.#statements.of[kind]
    mark.run({ id })
    const isSmall = (size.get({ id }) ?? 0) <= SLICE_ROWS
    if (isSmall) this.#removeRow(kind, id)
    return isSmall
  }

  /** What was begun. @throws the signal's reason, between two slices: the next purge goes on from there. */
  async finish(kind: TrashKind, id: string, signal?: AbortSignal): Promise<void> {
    const { of, removeMessages, unname, removeNotes } = this.#statements
    const positions = await doing(() => of[kind].goingAlong.all({ id }))
    for (let start = 0; start < positions.length; start += SLICE_ROWS) {
      const slice = JSON.stringify(positions.slice(start, start + SLICE_ROWS))
      await doing(() => removeMessages.run({ positions: slice }))
      await othersFirst(signal)
    }
    if (kind === 'character') {
      while ((await doing(() => unname.run({ id }))).changes > 0) await othersFirst(signal)
      while ((await doing(() => removeNotes.run({ id }))).changes > 0) await othersFirst(signal)
    }
    await doing(() => this.#removeRow(kind, id))
  }

  #removeRow(kind: TrashKind, id: string): void {
    const isRemoved = this.#statements.of[kind].remove.run({ id }).changes > 0
    if (isRemoved) this.#statements.forgetOriginal.run({ kind, id })
  }
}

function doing<Result>(work: () => Result): Promise<Result> {
  return attempt('delete it for good', work)
}

async function othersFirst(signal?: AbortSignal): Promise<void> {
  await macrotask()
  signal?.throwIfAborted()
}
