import { z } from 'zod'
import { RUNNERS_FILE } from '../config-sources.ts'
import { AppError } from '../errors.ts'

/** What is in a backup, and how it is to be. */

export const MANIFEST_FILE = 'manifest.json'
export const DATABASE_FILE = 'troupe.db'
export const SETTINGS_FILE = 'settings.json'
const FILES: readonly string[] = [DATABASE_FILE, SETTINGS_FILE, RUNNERS_FILE]
const VERSION = 1

/** `media/ab/<sha256>`, as it lies in the data directory. */
export const MEDIA_PATH = /^media\/([0-9a-f]{2})\/(\1[0-9a-f]{62})$/u

const Counts = z.object({
  characters: z.number().int(),
  conversations: z.number().int(),
  messages: z.number().int(),
})

export const Manifest = z.object({
  format: z.literal('troupe-backup'),
  version: z.number().int(),
  /** Of the Troupe that wrote it. */
  app_version: z.string(),
  created_at: z.string(),
  contents: Counts,
  left_out: z.array(z.string()),
  files: z
    .array(
      z.object({
        path: z.string().refine((path) => FILES.includes(path) || MEDIA_PATH.test(path)),
        bytes: z.number().int().min(0),
        sha256: z.string().regex(/^[0-9a-f]{64}$/u),
      }),
    )
    .max(10_000_000),
})
export type Manifest = z.infer<typeof Manifest>
export type BackupFile = Manifest['files'][number]

export function manifestOf(
  files: readonly BackupFile[],
  about: Pick<Manifest, 'app_version' | 'created_at' | 'contents'>,
): Manifest {
  return {
    format: 'troupe-backup',
    version: VERSION,
    ...about,
    left_out: [
      'keys and tokens of the settings and of runners',
      'models',
      'smaller pictures, which are made again',
    ],
    files: [...files],
  }
}

/** @throws AppError `invalid` */
export function readManifest(text: string): Manifest {
  const manifest = Manifest.safeParse(parsed(text))
  if (!manifest.success) throw new AppError('invalid', 'It is no backup of Troupe: its list is not readable')
  const { version, files } = manifest.data
  if (version > VERSION) {
    throw new AppError('invalid', 'A newer Troupe has written it; update this one, then restore it')
  }
  const paths = new Set(files.map(({ path }) => path))
  if (paths.size !== files.length || !paths.has(DATABASE_FILE)) {
    throw new AppError('invalid', 'It is no whole backup of Troupe: there is no database in it')
  }
  return manifest.data
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
