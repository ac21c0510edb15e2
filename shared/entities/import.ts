import { z } from 'zod'
import { ErrorCode } from '../errors.ts'
import { CardReport, Character } from './character.ts'
import { Id, Timestamp } from './fields.ts'
import { LorebookHead } from './lorebook.ts'

/** What is done with a file whose character or lorebook is there already. */
export const OnDuplicate = z.enum(['skip', 'copy', 'update'])
export type OnDuplicate = z.infer<typeof OnDuplicate>

/** What became of one file of an import. A file that is an archive of several has one for each. */
export const ImportResult = z.object({
  /** As it is called; inside of an archive `archive.zip/name.png`. */
  file: z.string(),
  ok: z.boolean(),
  outcome: z.enum(['created', 'updated', 'skipped', 'failed']),
  /** What there is now; of `skipped`, what was there. */
  character: Character.optional(),
  /** The book that came with the character, or was the file. */
  lorebook: LorebookHead.optional(),
  report: CardReport,
  /** A sentence, if it failed. */
  error: z.string().optional(),
  code: ErrorCode.optional(),
  /** The id of the character or lorebook that was the same, or an earlier version of it, before. */
  duplicate_of: Id.optional(),
})
export type ImportResult = z.infer<typeof ImportResult>

/** Where a character or lorebook came from. */
export const ImportedFrom = z.object({
  /** E.g. `png`, `charx`, `sillytavern`. */
  format: z.string(),
  file_name: z.string(),
  hash: z.string(),
  /** The card's own text. */
  source: z.string(),
  report: CardReport,
  created_at: Timestamp,
})
export type ImportedFrom = z.infer<typeof ImportedFrom>
