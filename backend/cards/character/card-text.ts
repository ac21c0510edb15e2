import { isDeepStrictEqual } from 'node:util'
import { type CardSpec } from '../contract.ts'
import { fieldChanges } from '../fields/record.ts'
import { all, at, REMOVE, set, type Change } from '../json/change.ts'
import { rewritten } from '../json/rewrite.ts'
import { valueAt } from '../json/values.ts'
import { DIALECTS } from '../lore/dialects.ts'
import { type BookContent } from '../lore/fields.ts'
import { newBook } from '../lore/new-book.ts'
import { bookChange, isSameBook } from '../lore/patch-book.ts'
import { type CardFields } from './card-fields.ts'
import { LAYOUTS, type Layout } from './layouts.ts'
import { bookOf, readCharacter } from './read-character.ts'
import { upgradeOf } from './upgrade.ts'

/** A card as a text, and what it holds. */
export interface CardText {
  readonly spec: CardSpec
  readonly text: string
  readonly value: unknown
}

export interface Content {
  readonly fields: CardFields
  readonly lorebook: BookContent | null
}

export function isSameContent(one: Content, other: Content): boolean {
  return isDeepStrictEqual(one.fields, other.fields) && isSameOrNone(one.lorebook, other.lorebook)
}

export function isSameOrNone(one: BookContent | null, other: BookContent | null): boolean {
  return one && other ? isSameBook(one, other) : one === other
}

export function withChange(card: CardText, change: Change | undefined): CardText {
  if (!change) return card
  const text = rewritten(card.text, change)
  return { ...card, text, value: JSON.parse(text) }
}

/** The card with what was edited, and nothing else, changed. What its version has no word for makes it one of version 3. */
export function edited(
  card: CardText,
  edit: { readonly before: Content; readonly after: Content },
): CardText {
  const layout = LAYOUTS[card.spec]
  const fields = { before: edit.before.fields, after: edit.after.fields }
  const { change, unplaced } = fieldChanges(card.value, layout.table, fields)
  const isBookNew = edit.after.lorebook !== null && bookOf(card.value, layout) === undefined
  if (layout.isFlat && (unplaced.length > 0 || isBookNew)) {
    const newer = upgraded(card, edit.before)
    const before = readCharacter(newer.value, { spec: 'v3', name: edit.before.fields.name })
    return edited(newer, { before, after: edit.after })
  }
  return withChange(card, all([change, bookEdit(card.value, layout, edit)]))
}

function bookEdit(
  card: unknown,
  layout: Layout,
  { before, after }: { readonly before: Content; readonly after: Content },
): Change | undefined {
  const book = bookOf(card, layout)
  const [place = ['data', 'character_book']] = layout.books
  if (!book || !before.lorebook)
    return after.lorebook ? at(place, set(newBook(after.lorebook, DIALECTS.card))) : undefined
  if (!after.lorebook) return at(book.path, REMOVE)
  // A book without a name is called after its character: where that is renamed, it gets its name written down.
  const isNamed = valueAt(book.raw, ['name']) === before.lorebook.name
  const isRenamed = before.fields.name !== after.fields.name
  const known = isNamed || !isRenamed ? before.lorebook : { ...before.lorebook, name: '' }
  const change = bookChange(book.raw, book.dialect, { before: known, after: after.lorebook })
  return change && at(book.path, change)
}

/** As a card of version 3; what an older one held stays in it. */
export function upgraded(card: CardText, content: Content): CardText {
  return card.spec === 'v3' ? card : { ...withChange(card, upgradeOf(card, content)), spec: 'v3' }
}
