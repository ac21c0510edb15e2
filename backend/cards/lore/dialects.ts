import { type LoreEntry } from '#shared/entities.ts'
import { type Place, type Places, type Table } from '../fields/place.ts'
import { flagPlace, LINE_LENGTH, numberPlace, readFlag, readNumber, textPlace } from '../fields/readings.ts'
import { set } from '../json/change.ts'
import { isObject, member, type JsonObject } from '../json/values.ts'
import { type Path } from '../report.ts'
import { type BookFields, type EntryFields } from './fields.ts'
import {
  commaKeysPlace,
  invertedPlace,
  keysPlace,
  levelPlace,
  logicPlace,
  namesPlace,
  positionPlace,
  probabilityPlace,
  rolePlace,
  secondaryKeysPlace,
  titlePlace,
  wordPositionPlace,
} from './readings.ts'
import { cardKeysPlace } from './regex-keys.ts'
import { cardEntry, tavernEntry } from './templates.ts'
import { bookTable, DEPTH, entryTable, WHOLE } from './tables.ts'

export type DialectName = 'card' | 'sillytavern' | 'novelai' | 'agnai' | 'risu'

/** How one program writes its lorebooks. */
export interface Dialect {
  readonly name: DialectName
  readonly book: Table<BookFields>
  readonly entries: Path
  readonly entry: Table<EntryFields>
  /** The member that tells entries apart. */
  readonly idName: string
  /** Where an entry says at which place it is shown, if the entries are no list. */
  readonly order: Path
  /** Where an entry stands that does not say. */
  readonly position: LoreEntry['position']
  /** Whether something among the entries is one. */
  isEntry(raw: unknown): boolean
  /** An empty entry. */
  template(entry: LoreEntry): JsonObject
}

/** What SillyTavern knows of an entry beyond the specification; its own files and its cards spell the names differently. */
function tavernPlaces(named: (name: string) => Path): Places<EntryFields> {
  const probability = named('probability')
  return {
    secondary_logic: [logicPlace(named('selectiveLogic'))],
    position: [positionPlace(named('position'))],
    depth: [numberPlace(named('depth'), DEPTH)],
    role: [rolePlace(named('role'))],
    outlet: [textPlace(named('outlet_name'), { longest: LINE_LENGTH })],
    scan_depth: [optionalNumber(named('scan_depth'))],
    is_case_sensitive: [optionalFlag(named('case_sensitive'))],
    matches_whole_words: [optionalFlag(named('match_whole_words'))],
    scores_group: [optionalFlag(named('use_group_scoring'))],
    probability: [probabilityPlace('probability', probability.slice(0, -1))],
    group: [textPlace(named('group'), { longest: LINE_LENGTH })],
    group_weight: [numberPlace(named('group_weight'), { min: 0 })],
    is_group_override: [flagPlace(named('group_override'))],
    is_excluded_from_recursion: [flagPlace(named('exclude_recursion'))],
    prevents_recursion: [flagPlace(named('prevent_recursion'))],
    delay_until_recursion: [levelPlace(named('delay_until_recursion'))],
    sticky: [numberPlace(named('sticky'), WHOLE)],
    cooldown: [numberPlace(named('cooldown'), WHOLE)],
    delay: [numberPlace(named('delay'), WHOLE)],
    ignores_budget: [flagPlace(named('ignore_budget'))],
    character_filter: [namesPlace([...named('character_filter'), 'names'])],
    is_character_filter_inverted: [flagPlace([...named('character_filter'), 'isExclude'])],
  }
}

function optionalNumber(path: Path): Place<number | undefined> {
  return { path, read: (json, note) => readNumber(json, note, DEPTH), write: set }
}

function optionalFlag(path: Path): Place<boolean | undefined> {
  return { path, read: readFlag, write: set }
}

const camel = (snake: string): string =>
  snake.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())

const tavernInCards = tavernPlaces((snake) => ['extensions', snake])
const tavernInFiles = tavernPlaces((snake) => [camel(snake)])
const order = (...path: string[]): Place<number>[] => [numberPlace(path, {})]

const card: Dialect = {
  name: 'card',
  book: bookTable(),
  entries: ['entries'],
  idName: 'id',
  order: ['extensions', 'display_index'],
  position: 'after',
  isEntry: isObject,
  template: cardEntry,
  entry: entryTable(['extensions', 'troupe'], {
    ...tavernInCards,
    name: [titlePlace(['name'], true), titlePlace(['comment'])],
    keys: [cardKeysPlace()],
    secondary_keys: [secondaryKeysPlace('secondary_keys', keysPlace([]))],
    content: [textPlace(['content'])],
    is_enabled: [flagPlace(['enabled'])],
    is_constant: [flagPlace(['constant'])],
    order: order('insertion_order'),
    position: [positionPlace(['extensions', 'position']), wordPositionPlace(['position'])],
    is_case_sensitive: [optionalFlag(['extensions', 'case_sensitive']), optionalFlag(['case_sensitive'])],
  }),
}

const sillytavern: Dialect = {
  name: 'sillytavern',
  book: bookTable(),
  entries: ['entries'],
  idName: 'uid',
  order: ['displayIndex'],
  position: 'before',
  isEntry: isObject,
  template: tavernEntry,
  entry: entryTable(['troupe'], {
    ...tavernInFiles,
    name: [titlePlace(['comment']), titlePlace(['name'], true)],
    keys: [keysPlace(['key']), aliasOf(keysPlace(['keys']))],
    secondary_keys: [secondaryKeysPlace('keysecondary', keysPlace([]))],
    content: [textPlace(['content'])],
    is_enabled: [invertedPlace(['disable']), aliasOf(flagPlace(['enabled']))],
    is_constant: [flagPlace(['constant'])],
    order: [...order('order'), ...order('insertion_order').map(aliasOf)],
  }),
}

const novelai: Dialect = {
  ...sillytavern,
  name: 'novelai',
  template: () => ({ text: '', displayName: '', keys: [], enabled: true }),
  idName: 'id',
  entry: entryTable(['troupe'], {
    name: [titlePlace(['displayName'])],
    keys: [keysPlace(['keys'])],
    content: [textPlace(['text'])],
    is_enabled: [flagPlace(['enabled'])],
    is_constant: [flagPlace(['forceActivation'])],
    order: order('contextConfig', 'budgetPriority'),
  }),
}

const agnai: Dialect = {
  ...sillytavern,
  name: 'agnai',
  template: () => ({ name: '', entry: '', keywords: [], priority: 0, weight: 0, enabled: true }),
  idName: 'id',
  entry: entryTable(['troupe'], {
    name: [titlePlace(['name'])],
    keys: [keysPlace(['keywords'])],
    content: [textPlace(['entry'])],
    is_enabled: [flagPlace(['enabled'])],
    order: order('weight'),
  }),
}

const risu: Dialect = {
  ...sillytavern,
  name: 'risu',
  template: () => ({
    key: '',
    secondkey: '',
    insertorder: 100,
    comment: '',
    content: '',
    mode: 'normal',
    alwaysActive: false,
    selective: false,
  }),
  entries: ['data'],
  idName: 'id',
  isEntry: (raw) => isObject(raw) && member(raw, 'mode') !== 'folder',
  entry: entryTable(['troupe'], {
    name: [titlePlace(['comment'])],
    keys: [commaKeysPlace(['key'])],
    secondary_keys: [secondaryKeysPlace('secondkey', commaKeysPlace([]))],
    content: [textPlace(['content'])],
    is_constant: [flagPlace(['alwaysActive'])],
    order: order('insertorder'),
    probability: [numberPlace(['activationPercent'], { min: 0, max: 100 })],
  }),
}

export const DIALECTS: Readonly<Record<DialectName, Dialect>> = { card, sillytavern, novelai, agnai, risu }

function aliasOf<Value>(place: Place<Value>): Place<Value> {
  return { ...place, isAlias: true }
}
