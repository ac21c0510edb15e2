import { AppError } from '../errors.ts'
import { type CardSpec } from './contract.ts'
import { isObject, member, type JsonObject } from './json/values.ts'
import { type Report } from './report.ts'

/** Which kind of card a parsed file is. @throws AppError `invalid` if it is none. */
export function specOf(json: unknown, report: Report): CardSpec {
  if (!isObject(json)) throw new AppError('invalid', 'This file holds no character: it is not a JSON object')
  const declared = declaredSpec(json, report)
  if (declared) return declared
  if (isLorebook(json)) {
    throw new AppError('invalid', 'This file is a lorebook, not a character: import it as a lorebook')
  }
  if (isObject(member(json, 'data')) && hasAny(member(json, 'data'), ['name', 'first_mes', 'description'])) {
    report.repaired(['spec'], 'no version given: read as version 2', {
      from: member(json, 'spec') ?? '',
      to: 'v2',
    })
    return 'v2'
  }
  if (hasAny(json, ['char_name', 'char_persona'])) return 'pygmalion'
  if (hasAny(json, ['context', 'greeting']) && !hasAny(json, ['description', 'first_mes'])) return 'text'
  if (hasAny(json, FLAT_NAMES) && hasAny(json, ['name', 'first_mes', 'description'])) return 'v1'
  throw new AppError('invalid', 'This file holds no character that Troupe knows how to read')
}

const FLAT_NAMES = ['description', 'first_mes', 'first_message', 'personality', 'mes_example']

function declaredSpec(json: JsonObject, report: Report): CardSpec | undefined {
  const spec = member(json, 'spec')
  if (typeof spec !== 'string' || !isObject(member(json, 'data'))) return undefined
  if (!/^chara_card/i.test(spec)) return undefined
  const version = member(json, 'spec_version')
  const versionText = typeof version === 'number' ? String(version) : version
  if (typeof version === 'number') {
    report.repaired(['spec_version'], 'a number where a text belongs', { from: version, to: versionText })
  }
  if (spec === 'chara_card_v2') return 'v2'
  const isNewer = typeof versionText === 'string' && Number.parseFloat(versionText) >= 4
  if (isNewer || spec !== 'chara_card_v3') {
    report.ignored(['spec'], `It says ${spec.slice(0, 50)}; what Troupe knows of it is read as version 3`)
  }
  return 'v3'
}

/** Whether a parsed file is a lorebook of any of the kinds that are known. */
export function isLorebook(json: JsonObject): boolean {
  if (member(json, 'spec') === 'lorebook_v3' || member(json, 'type') === 'risu') return true
  if (member(json, 'kind') === 'memory' || member(json, 'lorebookVersion') !== undefined) return true
  return (
    hasAny(json, ['entries']) &&
    !(hasAny(json, ['name', 'char_name']) && hasAny(json, FLAT_NAMES.slice(0, 3)))
  )
}

function hasAny(json: unknown, names: readonly string[]): boolean {
  return names.some((name) => member(json, name) !== undefined)
}
