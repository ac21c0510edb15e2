import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { type CardReport, ImportResult, type OnDuplicate } from '#shared/entities.ts'
import { type Connected } from './connection.ts'
import { CliError, EXIT, reasonOf } from './exit.ts'
import { callApi } from './http.ts'
import { harmless } from './style.ts'
import { type Terminal } from './terminal.ts'

export interface ImportCharactersOptions {
  readonly files: readonly string[]
  readonly onDuplicate: OnDuplicate
  readonly json: boolean
}

type Content = string | Uint8Array<ArrayBuffer>

/** `troupe characters import`: one file after another; what cannot be read does not keep the others away. */
export async function importCharacters(
  { client, terminal }: Connected,
  { files, onDuplicate, json }: ImportCharactersOptions,
): Promise<void> {
  let failures = 0
  for (const file of files) {
    const bytes = await bytesOf(file, terminal)
    const results = bytes instanceof CliError ? [unread(file, bytes)] : await sent(file, bytes)
    for (const result of results) {
      if (!result.ok) failures += 1
      if (json) terminal.out(`${JSON.stringify(result)}\n`)
      else tell(terminal, file, result)
    }
  }
  if (failures > 0) throw new CliError(EXIT.failure, `${failures} could not be imported`)

  async function sent(file: string, bytes: Content): Promise<ImportResult[]> {
    const form = new FormData()
    form.append('files', new Blob([bytes]), file === '-' ? 'stdin.json' : basename(file))
    const path = `/api/characters/import?on_duplicate=${onDuplicate}`
    const response = await callApi(client.address, path, { form })
    return ImportResult.array().parse(await response.json())
  }
}

async function bytesOf(file: string, terminal: Terminal): Promise<Content | CliError> {
  try {
    return file === '-' ? await terminal.readAll() : Uint8Array.from(await readFile(file))
  } catch (error) {
    return new CliError(EXIT.failure, reasonOf(error), { cause: error })
  }
}

function unread(file: string, { message }: CliError): ImportResult {
  const report = { repaired: [], ignored: [], kept: [] }
  return { file, ok: false, outcome: 'failed', report, error: message }
}

const VERBS = { created: 'Imported', updated: 'Updated', skipped: 'Left as it is:', failed: 'Cannot import' }

/** The ids go to stdout, the talk to stderr. */
function tell(terminal: Terminal, given: string, result: ImportResult): void {
  const { outcome, character, lorebook, report, error } = result
  const file = result.file.includes('/') ? result.file : given
  if (error !== undefined) {
    terminal.say(`${VERBS[outcome]} ${harmless(file)}: ${harmless(error)}`)
    return
  }
  terminal.out(`${character?.id ?? lorebook?.lorebook_id ?? ''}\n`)
  const what = character?.name ?? `the lorebook ${lorebook?.name}`
  const book = character && lorebook ? `; with its lorebook (${lorebook.entry_count} entries)` : ''
  terminal.say(`${VERBS[outcome]} ${harmless(what)} from ${harmless(file)}${book}${summaryOf(report)}`)
}

function summaryOf({ repaired, ignored }: CardReport): string {
  const fixed = repaired.length > 0 ? `; repaired: ${pathsOf(repaired)}` : ''
  const left = ignored.length > 0 ? `; left out: ${pathsOf(ignored)}` : ''
  return `${fixed}${left}`
}

function pathsOf(entries: readonly { readonly path: string }[]): string {
  const shown = entries.slice(0, 5).map(({ path }) => harmless(path))
  return entries.length > shown.length ? `${shown.join(', ')}, …` : shown.join(', ')
}
