import { macrotask } from '../lib/macrotask.ts'
import { backfillOf } from './character/upgrade.ts'
import { edited, isSameOrNone, upgraded, withChange, type CardText } from './character/card-text.ts'
import { readCharacter } from './character/read-character.ts'
import { specOf } from './detect.ts'
import { withInlineAssets } from './inline-assets.ts'
import { plainPicture } from './png/plain-picture.ts'
import { withCards } from './png/write-png.ts'
import { Report } from './report.ts'
import { type Writing } from './writing.ts'

/** A PNG with the card in it: version 3, and version 2 for programs that know no better. */
export async function pngFile(writing: Writing): Promise<Uint8Array> {
  const { card, source, after } = writing
  const text = await withInlineAssets(writing)
  const newer = upgraded(text, after)
  // The copy is as much work again; others may have their turn before it.
  await macrotask()
  const own = source?.open.format === 'png' && card.isPictureNew !== true ? source.bytes : undefined
  const picture = own ?? card.picture ?? plainPicture(card.character.color)
  return withCards(picture, [
    ['chara', olderCopy(writing, text, newer)],
    ['ccv3', newer.text],
  ])
}

function olderCopy(writing: Writing, text: CardText, newer: CardText): string {
  if (text.spec === 'v1' || text.spec === 'v2') return text.text
  return patchedCopy(writing) ?? withChange(newer, backfillOf(newer.value)).text
}

/** The copy that the picture had, with the same edit; undefined if there was none, or the edit concerns the book. */
function patchedCopy({ source, after }: Writing): string | undefined {
  const container = source?.open.container
  if (!source || container?.kind !== 'png' || !container.cards.copy) return undefined
  const { before } = source
  if (!isSameOrNone(before.lorebook, after.lorebook)) return undefined
  try {
    const { text, value } = container.cards.copy
    const spec = specOf(value, new Report())
    const { lorebook } = readCharacter(value, { spec, name: before.fields.name })
    const edit = {
      before: { fields: before.fields, lorebook },
      after: { fields: { ...after.fields, ...onlyInVersion3(before.fields) }, lorebook },
    }
    return edited({ spec, text, value }, edit).text
  } catch {
    // What is no card is written anew.
    return undefined
  }
}

/** Fields that older programs know nothing of stay out of their copy. */
function onlyInVersion3(fields: Writing['after']['fields']) {
  const { nickname, group_only_greetings } = fields
  return { nickname, group_only_greetings }
}
