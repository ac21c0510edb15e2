import { and, asc, eq, getTableColumns, gt, isNull, sql } from 'drizzle-orm'
import { type Alternative, type Message } from '#shared/entities.ts'
import { type Alternatives } from '#shared/protocol/requests.ts'
import { AppError } from '../../errors.ts'
import { type Following, type Wording } from '../contract.ts'
import { type Database } from './database.ts'
import { found, parametersFor } from './rows.ts'
import { alternatives, messages } from './schema.ts'

/** So many wordings nobody reads; a client that asks for more is broken. */
const MAX_ALTERNATIVES = 500

const { position: _position, ...columns } = getTableColumns(alternatives)
const { message_id: _messageId, ...shown } = columns
const { content, unheard, is_interrupted, generation, tool_uses } = getTableColumns(messages)
const { alternative_index, alternative_count, updated_at } = getTableColumns(messages)
const wordingColumns = { content, unheard, is_interrupted, generation, tool_uses }

function prepareAlternatives({ orm }: Database) {
  const ofMessage = eq(alternatives.message_id, sql.placeholder('message_id'))
  const thatOne = and(ofMessage, eq(alternatives.index, sql.placeholder('index')))
  return {
    all: orm.select(shown).from(alternatives).where(ofMessage).orderBy(asc(alternatives.index)).prepare(),
    one: orm.select().from(alternatives).where(thatOne).prepare(),
    insert: orm.insert(alternatives).values(parametersFor(columns)).prepare(),
    archive: orm.update(alternatives).set(parametersFor(wordingColumns)).where(thatOne).prepare(),
  }
}

function prepareMessages({ orm }: Database) {
  const thatOne = eq(messages.message_id, sql.placeholder('message_id'))
  const following = and(
    eq(messages.conversation_id, sql.placeholder('conversation_id')),
    isNull(messages.hidden_under),
    gt(messages.position, sql.placeholder('position')),
    sql`position <= coalesce((SELECT position FROM messages WHERE message_id = ${sql.placeholder('until')}), ${sql.placeholder('end')})`,
    sql`message_id NOT IN (SELECT value FROM json_each(${sql.placeholder('except')}))`,
  )
  const owner = sql.placeholder('owner')
  const changed = {
    ...parametersFor({ ...wordingColumns, alternative_index, alternative_count, updated_at }),
    revision: sql`revision + 1`,
  }
  const { position, hidden_under } = messages
  return {
    place: orm.select({ position, hidden_under }).from(messages).where(thatOne).prepare(),
    begin: orm
      .update(messages)
      .set(parametersFor({ content, alternative_index, alternative_count }))
      .where(thatOne)
      .prepare(),
    show: orm.update(messages).set(changed).where(thatOne).prepare(),
    hide: orm
      .update(messages)
      .set({ hidden_under: sql`${owner}` })
      .where(following)
      .prepare(),
    unhide: orm.update(messages).set({ hidden_under: null }).where(eq(hidden_under, owner)).prepare(),
  }
}

/** The alternatives of messages. Every call reads or writes in one tick; within a transaction it is all or nothing. */
export class MessageTree {
  readonly #now: () => string
  readonly #alternatives: ReturnType<typeof prepareAlternatives>
  readonly #messages: ReturnType<typeof prepareMessages>

  constructor(database: Database) {
    this.#now = database.now
    this.#alternatives = prepareAlternatives(database)
    this.#messages = prepareMessages(database)
  }

  /** Of a message that was just made. */
  begin(message: Message, contents: readonly string[], shownIndex: number): void {
    const { message_id, created_at } = message
    const wordings = contents.map((text) => wordingOf({ ...message, content: text }))
    const shownWording = found(wordings[shownIndex], `the alternative ${shownIndex}`)
    if (wordings.length > 1) {
      for (const [index, wording] of wordings.entries()) {
        this.#alternatives.insert.run({ ...wording, message_id, index, created_at })
      }
    }
    this.#messages.begin.run({
      message_id,
      content: shownWording.content,
      alternative_index: wordings.length > 1 ? shownIndex : 0,
      alternative_count: wordings.length,
    })
  }

  add(message: Message, wording: Wording, following?: Following): void {
    const { message_id, alternative_count: count } = message
    if (count >= MAX_ALTERNATIVES) {
      throw new AppError('invalid', `This message has ${count} alternatives; choose one of them instead`)
    }
    this.#putAway(message, following)
    this.#alternatives.insert.run({
      ...wordingOf(wording),
      message_id,
      index: count,
      created_at: this.#now(),
    })
    this.#show(message, { index: count, count: count + 1, wording })
  }

  select(message: Message, index: number): void {
    const { message_id, alternative_index: shownIndex, alternative_count: count } = message
    if (index === shownIndex) return
    const chosen = found(
      this.#alternatives.one.get({ message_id, index }),
      `the alternative ${index}: this message has ${count}, counted from 0`,
    )
    this.#putAway(message)
    this.#messages.unhide.run({ owner: chosen.position })
    this.#show(message, { index, count, wording: chosen })
  }

  /** @throws AppError `invalid` if the message is not shown. */
  shownAt(message_id: string): number {
    const place = this.#messages.place.get({ message_id })
    if (place?.hidden_under !== null) {
      throw new AppError('invalid', 'This message is not shown; choose the alternative it belongs to first')
    }
    return place.position
  }

  list(message: Message): Alternatives {
    const { message_id, alternative_index: active_index, created_at } = message
    const active = { ...wordingOf(message), index: active_index, created_at }
    const stored: Alternative[] = this.#alternatives.all.all({ message_id })
    const rows = stored.map((row) => (row.index === active_index ? { ...row, ...wordingOf(message) } : row))
    return { message_id, active_index, alternatives: rows.length > 0 ? rows : [active] }
  }

  /** Keeps the wording that is shown, and puts what follows it out of sight. */
  #putAway(message: Message, following?: Following): void {
    const { message_id, conversation_id, alternative_index: index, created_at } = message
    const position = this.shownAt(message_id)
    const row = { ...wordingOf(message), message_id, index }
    if (message.alternative_count === 1) this.#alternatives.insert.run({ ...row, created_at })
    else this.#alternatives.archive.run(row)
    const owner = this.#alternatives.one.get({ message_id, index })?.position
    this.#messages.hide.run({
      conversation_id,
      position,
      owner,
      until: following?.until ?? '',
      // What was the newest may have been deleted since: then nothing is known to follow.
      end: following ? position : Number.MAX_SAFE_INTEGER,
      except: JSON.stringify(following?.except ?? []),
    })
  }

  #show({ message_id }: Message, now: { index: number; count: number; wording: Wording }): void {
    this.#messages.show.run({
      ...wordingOf(now.wording),
      message_id,
      alternative_index: now.index,
      alternative_count: now.count,
      updated_at: this.#now(),
    })
  }
}

function wordingOf({ content: text, ...wording }: Wording): Wording {
  return {
    content: text,
    unheard: wording.unheard,
    is_interrupted: wording.is_interrupted,
    generation: wording.generation,
    tool_uses: wording.tool_uses,
  }
}
