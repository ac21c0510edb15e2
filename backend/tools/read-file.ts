import { z } from 'zod'
import { AppError } from '../errors.ts'
import { defineTool, type Tool } from './contracts.ts'
import { findIn, listFolder, readText } from './folder-access.ts'
import { partOf } from './text.ts'

const MAX_LISTED = 200

/** @returns the tool, or the sentence that says which setting it lacks. */
export function createReadFile(folders: readonly string[]): Tool | string {
  if (folders.length === 0) return 'Reading files is not set up: it needs the setting tools_folder'
  return defineTool({
    name: 'read_file',
    description:
      'Reads a text or JSON file from the folder that is meant for it, or lists what is in a folder.',
    parameters: z.object({
      path: z
        .string()
        .max(1_000)
        .default('')
        .describe(
          'Path of the file, e.g. recipes/soup.md; a folder, or nothing, for a list of what there is.',
        ),
      part: z.coerce.number().int().min(1).max(1_000).default(1).describe('Which part of a long file.'),
    }),
    timeLimitMs: 5_000,
    async run({ path, part }, _context, signal) {
      const isEverything = path.trim() === '' || path === '.' || path === '/'
      return isEverything ? await listAll(folders) : await readOrList({ folders, path, part, signal })
    },
  })
}

interface Reading {
  readonly folders: readonly string[]
  readonly path: string
  readonly part: number
  readonly signal: AbortSignal
}

async function readOrList({ folders, path, part, signal }: Reading): Promise<string> {
  for (const folder of folders) {
    const found = await findIn(folder, path)
    if (found?.isFolder) return listed(await listFolder(found.path), path)
    if (found) return partOf(await readText(found, signal), part) || `${path} is empty`
  }
  throw new AppError('not_found', `There is no file "${path}"; call read_file without a path for a list`)
}

async function listAll(folders: readonly string[]): Promise<string> {
  const names: string[] = []
  for (const folder of folders) {
    const found = await findIn(folder, '')
    if (found?.isFolder) names.push(...(await listFolder(found.path)))
  }
  return listed([...new Set(names)], 'the folder')
}

function listed(names: readonly string[], place: string): string {
  if (names.length === 0) return `There is nothing in ${place}`
  const rest = names.length > MAX_LISTED ? `\nand ${names.length - MAX_LISTED} more` : ''
  return `In ${place}:\n${names.slice(0, MAX_LISTED).join('\n')}${rest}`
}
