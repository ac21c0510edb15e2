import { type Lorebook, LorebookDraft } from '#shared/entities.ts'
import { t } from '../../i18n/index.ts'

/** A lorebook as a file: everything but what only this server knows. */
export function lorebookFile(book: Lorebook): { name: string; text: string } {
  const { lorebook_id: _id, created_at: _created, updated_at: _updated, ...draft } = book
  const name = book.name.replaceAll(/[^\p{L}\p{N} _-]+/gu, '').trim() || 'lorebook'
  return { name: `${name}.json`, text: `${JSON.stringify(draft, undefined, 2)}\n` }
}

/** @returns the lorebook in the file, or a sentence that says why there is none. */
export function readLorebook(text: string): LorebookDraft | string {
  const parsed = LorebookDraft.safeParse(jsonIn(text))
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  if (issue === undefined || issue.path.length === 0) return t('backstage.lore.noBook')
  return t('backstage.lore.unread', { field: issue.path.join('.') })
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
