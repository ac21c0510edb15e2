import { type CardSpec } from '../contract.ts'
import { filled } from '../fields/record.ts'
import { all, at, REMOVE, set, type Change, type Item } from '../json/change.ts'
import { isObject, member, valueAt, withMember } from '../json/values.ts'
import { DIALECTS } from '../lore/dialects.ts'
import { type BookContent } from '../lore/fields.ts'
import { newBook } from '../lore/new-book.ts'
import { BLANK, type CardFields } from './card-fields.ts'
import { cardDate } from './dates.ts'
import { LAYOUTS } from './layouts.ts'
import { bookOf } from './read-character.ts'
import { withoutDecorators } from '../lore/decorators.ts'

interface Content {
  readonly fields: CardFields
  readonly lorebook: BookContent | null
}

const VERSION_3 = all([at(['spec'], set('chara_card_v3')), at(['spec_version'], set('3.0'))])
const VERSION_2 = all([at(['spec'], set('chara_card_v2')), at(['spec_version'], set('2.0'))])

/** What makes an older card one of version 3. Of version 2 only the label changes, and what was not there yet is added. */
export function upgradeOf(
  { spec, value }: { spec: CardSpec; value: unknown },
  content: Content,
): Change | undefined {
  if (LAYOUTS[spec].isFlat) return all([VERSION_3, at(['data'], set(dataOf(value, content)))])
  const isGreeted = Array.isArray(valueAt(value, ['data', 'group_only_greetings']))
  return all([
    VERSION_3,
    isGreeted ? undefined : at(['data', 'group_only_greetings'], set(content.fields.group_only_greetings)),
    content.fields.nickname === '' ? undefined : at(['data', 'nickname'], set(content.fields.nickname)),
    isObject(valueAt(value, ['data', 'extensions'])) ? undefined : at(['data', 'extensions'], set({})),
    entriesChange(value, (entry) =>
      member(entry, 'use_regex') === undefined ? at(['use_regex'], set(areAllRegexes(entry))) : undefined,
    ),
  ])
}

function areAllRegexes(entry: unknown): boolean {
  const keys = member(entry, 'keys')
  return Array.isArray(keys) && keys.length > 0 && keys.every((key) => /^\/.+\/[a-z]*$/s.test(String(key)))
}

/** The `data` of a card that has none yet. */
function dataOf(card: unknown, { fields, lorebook }: Content): unknown {
  const data = member(newCard({ fields, lorebook: null }), 'data')
  const date = cardDate(member(card, 'create_date'))
  const raw = bookOf(card, LAYOUTS.v1)?.raw ?? (lorebook ? newBook(lorebook, DIALECTS.card) : undefined)
  let result = isObject(data) ? data : {}
  if (raw !== undefined) result = withMember(result, 'character_book', raw)
  return date === undefined ? result : withMember(result, 'creation_date', date)
}

/** A card of version 3 of a character that was made here. */
export function newCard({ fields, lorebook }: Content): unknown {
  const template = {
    spec: 'chara_card_v3',
    spec_version: '3.0',
    data: {
      ...Object.fromEntries(TEXTS.map((name) => [name, ''])),
      alternate_greetings: [],
      group_only_greetings: [],
      tags: [],
      extensions: {},
      ...(lorebook ? { character_book: newBook(lorebook, DIALECTS.card) } : {}),
    },
  }
  return filled(template, LAYOUTS.v3.table, { before: BLANK, after: fields })
}

const TEXTS = [
  'name',
  'description',
  'personality',
  'scenario',
  'first_mes',
  'mes_example',
  'creator_notes',
  'system_prompt',
  'post_history_instructions',
  'creator',
  'character_version',
]

/** What programs that know only version 2 are told. */
const NOTICE =
  'This character card is Character Card V3, but it is loaded as a Character Card V2. Please use a Character Card V3 compatible application to use this character card properly.\n'

const ONLY_IN_3 = [
  'assets',
  'nickname',
  'creator_notes_multilingual',
  'source',
  'group_only_greetings',
  'creation_date',
  'modification_date',
]

/** What makes a copy of version 2 of a card of version 3, for programs that know no better. */
export function backfillOf(value: unknown): Change | undefined {
  const notes = valueAt(value, ['data', 'creator_notes'])
  const text = typeof notes === 'string' ? notes : ''
  let index = -1
  return all([
    VERSION_2,
    ...ONLY_IN_3.map((name) => at(['data', name], REMOVE)),
    text.startsWith(NOTICE) ? undefined : at(['data', 'creator_notes'], set(NOTICE + text)),
    entriesChange(value, (entry) => {
      index += 1
      const content = member(entry, 'content')
      const plain = typeof content === 'string' ? withoutDecorators(content) : content
      return all([
        at(['use_regex'], REMOVE),
        plain === content ? undefined : at(['content'], set(plain)),
        typeof member(entry, 'id') === 'string' ? at(['id'], set(index)) : undefined,
      ])
    }),
  ])
}

/** A change of each entry of the book in a card. */
function entriesChange(card: unknown, changeOf: (entry: unknown) => Change | undefined): Change | undefined {
  const path = ['data', 'character_book', 'entries']
  const entries = valueAt(card, path)
  if (!Array.isArray(entries)) return undefined
  const items = entries.map((entry, from): Item => ({
    from,
    change: isObject(entry) ? changeOf(entry) : undefined,
  }))
  return items.some((item) => 'from' in item && item.change) ? at(path, { kind: 'items', items }) : undefined
}
