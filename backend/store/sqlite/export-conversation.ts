import { asc, getTableColumns, sql } from 'drizzle-orm'
import { type Alternative } from '#shared/entities.ts'
import { macrotask } from '../../lib/macrotask.ts'
import { type ConversationStore, type WholeMessage } from '../contract.ts'
import { type Database } from './database.ts'
import { alternatives, messages } from './schema.ts'
import { attempt } from './storage-errors.ts'

/** So many rows are read before others have their turn. */
const BATCH_MESSAGES = 200

const {
  conversation_id: _conversationId,
  revision: _revision,
  deleted_at: _deletedAt,
  position: _position,
  alternative_count: _alternativeCount,
  ...columns
} = getTableColumns(messages)
const { position: place, message_id: owner, index: _index, ...wording } = getTableColumns(alternatives)

const positionsOfBatch = sql`position IN (SELECT value FROM json_each(${sql.placeholder('positions')}))`
const idsOfBatch = sql`message_id IN (SELECT value FROM json_each(${sql.placeholder('ids')}))`

function prepare({ orm, sqlite }: Database) {
  return {
    positions: sqlite
      .prepare<[string], number>(
        'SELECT position FROM messages WHERE conversation_id = ? AND deleted_at IS NULL ORDER BY position',
      )
      .pluck(),
    summaryUntil: sqlite
      .prepare<[string], string | null>('SELECT summary_until FROM conversations WHERE conversation_id = ?')
      .pluck(),
    messages: orm
      .select(columns)
      .from(messages)
      .where(positionsOfBatch)
      .orderBy(asc(messages.position))
      .prepare(),
    alternatives: orm
      .select({ place, owner, wording })
      .from(alternatives)
      .where(idsOfBatch)
      .orderBy(asc(alternatives.message_id), asc(alternatives.index))
      .prepare(),
    sources: sqlite.prepare<[string], { message_id: string; source: string | Buffer }>(
      'SELECT message_id, source FROM message_originals WHERE message_id IN (SELECT value FROM json_each(?))',
    ),
  }
}
type Statements = ReturnType<typeof prepare>
type Row = Statements['messages'] extends { all: (...values: never[]) => (infer One)[] } ? One : never
type Wording = Omit<Alternative, 'index'>

/** @see ConversationStore.exportWhole */
export function exporterOf(database: Database): ConversationStore['exportWhole'] {
  const statements = prepare(database)
  return async function* exportWhole(conversationId) {
    const positions = await attempt('read the messages', () => statements.positions.all(conversationId))
    const summaryUntil = statements.summaryUntil.get(conversationId) ?? null
    const emptying = new Emptying(statements, summaryUntil)
    for (let start = 0; start < positions.length; start += BATCH_MESSAGES) {
      const batch = positions.slice(start, start + BATCH_MESSAGES)
      yield await attempt('read the messages', () => emptying.read(batch))
      await macrotask()
    }
  }
}

/** One conversation on its way out. */
class Emptying {
  readonly #statements: Statements
  readonly #summaryUntil: string | null
  /** Which alternative of which message stands at a position. */
  readonly #places = new Map<number, { message: number; alternative: number }>()
  #count = 0

  constructor(statements: Statements, summaryUntil: string | null) {
    this.#statements = statements
    this.#summaryUntil = summaryUntil
  }

  read(positions: readonly number[]): WholeMessage[] {
    const rows = this.#statements.messages.all({ positions: JSON.stringify(positions) })
    const ids = JSON.stringify(rows.map(({ message_id }) => message_id))
    const sources = new Map(
      this.#statements.sources.all(ids).map(({ message_id, source }) => [message_id, source]),
    )
    const all = new Map<string, { place: number; wording: Wording }[]>()
    for (const { owner: id, ...one } of this.#statements.alternatives.all({ ids })) {
      const known = all.get(id)
      if (known) known.push(one)
      else all.set(id, [one])
    }
    return rows.flatMap(
      (row) => this.#whole(row, all.get(row.message_id) ?? [], sources.get(row.message_id)) ?? [],
    )
  }

  /** @returns undefined if it was said behind something that has been deleted. */
  #whole(
    { message_id, hidden_under, ...row }: Row,
    wordings: readonly { place: number; wording: Wording }[],
    source: string | Buffer | undefined,
  ): WholeMessage | undefined {
    const under = hidden_under === null ? null : this.#places.get(hidden_under)
    if (under === undefined) return undefined
    const message = this.#count++
    for (const [alternative, one] of wordings.entries()) this.#places.set(one.place, { message, alternative })
    const { content, unheard, is_interrupted, generation, tool_uses } = row
    // Of the one in use the message knows better.
    const inUse = { content, unheard, is_interrupted, generation, tool_uses }
    const active = row.alternative_index
    return {
      ...row,
      alternatives: wordings.map((one, index) =>
        index === active ? { ...one.wording, ...inUse } : one.wording,
      ),
      hidden_under: under,
      is_summary_end: message_id === this.#summaryUntil,
      source: source ?? null,
    }
  }
}
