import { macrotask } from '../lib/macrotask.ts'
import { withBreaks } from '../lib/steps.ts'
import { assetsOf } from './assets.ts'
import { characterSteps, draftOf } from './character/read-character.ts'
import { type ReadCard } from './contract.ts'
import { openCard } from './open-card.ts'
import { Report } from './report.ts'

/**
 * Reads a file of a character: whatever programs write, and what is wrong in it is repaired and told.
 * @throws AppError `invalid` with a sentence that says what is wrong with the file, if nothing can be made of it.
 */
export async function readCard(bytes: Uint8Array, fileName: string): Promise<ReadCard> {
  const report = new Report()
  const card = await openCard(bytes, report)
  await macrotask()
  const source = { spec: card.spec, name: nameOfFile(fileName), report }
  const { fields, lorebook } = await withBreaks(characterSteps(card.value, source))
  await macrotask()
  const assets = await assetsOf(card, bytes, report)
  return {
    format: card.format,
    spec: card.spec,
    json: card.raw,
    character: draftOf(fields),
    lorebook,
    assets,
    report: report.done(),
  }
}

/** `Anna.card.png` → `Anna`. */
export function nameOfFile(fileName: string): string {
  const [base = ''] = fileName.split(/[/\\]/).slice(-1)
  const name = base.replace(/(?:\.card)?\.[a-z0-9]{1,5}$/i, '').replaceAll(/[\s_]+/g, ' ')
  return name.trim().slice(0, 200).trim() || 'Unnamed'
}
