import { openAsBlob } from 'node:fs'
import { basename } from 'node:path'
import { z } from 'zod'
import { type Connected } from './connection.ts'
import { CliError, EXIT, reasonOf } from './exit.ts'
import { callApi } from './http.ts'
import { chooseSession } from './session-choice.ts'
import { saveResponse } from './stream-file.ts'
import { harmless } from './style.ts'
import { type Terminal } from './terminal.ts'

/** Files of conversations that the server reads and writes. */

export const FILE_FORMATS = ['sillytavern', 'troupe'] as const
export type FileFormat = (typeof FILE_FORMATS)[number]

const Imported = z.looseObject({
  file: z.string(),
  ok: z.boolean(),
  conversation: z.object({ conversation_id: z.string(), title: z.string() }).optional(),
  report: z.object({ ignored: z.array(z.object({ path: z.string(), reason: z.string() })) }).optional(),
  unmatched: z.array(z.string()).optional(),
  duplicate_of: z.string().optional(),
  error: z.string().optional(),
})

export interface ImportSessionsOptions {
  readonly files: readonly string[]
  /** Whose chats they are; absent: whoever is called so. */
  readonly character?: string | undefined
  readonly onDuplicate: 'skip' | 'copy'
  readonly json: boolean
}

/** `troupe sessions import`: one file after another; what cannot be read does not keep the others away. */
export async function importSessions(
  { client, terminal }: Connected,
  { files, character, onDuplicate, json }: ImportSessionsOptions,
): Promise<void> {
  const query = new URLSearchParams({ on_duplicate: onDuplicate })
  if (character !== undefined) query.set('character_id', character)
  let failures = 0
  for (const file of files) {
    const form = new FormData()
    form.append('file', await contentOf(file), basename(file))
    const response = await callApi(client.address, `/api/conversations/import?${query.toString()}`, { form })
    for (const result of z.array(Imported).parse(await response.json())) {
      if (!result.ok) failures += 1
      if (json) terminal.out(`${JSON.stringify(result)}\n`)
      else tell(terminal, result)
    }
  }
  if (failures > 0) throw new CliError(EXIT.failure, `${failures} could not be imported`)
}

async function contentOf(file: string): Promise<Blob> {
  try {
    return await openAsBlob(file)
  } catch (error) {
    const cause = error instanceof Error ? (error.cause ?? error) : error
    throw new CliError(EXIT.failure, `Cannot read ${file}: ${reasonOf(cause)}`, { cause: error })
  }
}

/** The ids go to stdout, the talk to stderr. */
function tell(terminal: Terminal, result: z.infer<typeof Imported>): void {
  const file = harmless(result.file)
  if (!result.ok || !result.conversation) {
    terminal.say(`Cannot import ${file}: ${harmless(result.error ?? 'nobody knows why')}`)
    return
  }
  const { conversation_id, title } = result.conversation
  terminal.out(`${conversation_id}\n`)
  if (result.duplicate_of !== undefined) {
    terminal.say(`Left as it is: ${file} was imported before (--on-duplicate copy takes it once more)`)
    return
  }
  const unknown = result.unmatched ?? []
  const missing = unknown.length > 0 ? `; not in the library: ${harmless(unknown.join(', '))}` : ''
  const lines = (result.report?.ignored ?? []).filter(({ path }) => path.startsWith('line ')).length
  const broken = lines > 0 ? `; ${lines} lines could not be read, and are kept` : ''
  terminal.say(`Imported "${harmless(title)}" from ${file}${missing}${broken}`)
}

/** `troupe sessions export -f sillytavern|troupe` */
export async function exportSessionFile(
  { client, terminal }: Connected,
  given: string,
  { format, output }: { readonly format: FileFormat; readonly output: string | undefined },
): Promise<void> {
  const { conversation_id: id } = await chooseSession(client, given)
  const kind = format === 'troupe' ? 'json' : 'jsonl'
  const response = await callApi(
    client.address,
    `/api/conversations/${encodeURIComponent(id)}/export?format=${kind}`,
  )
  if (output === undefined || output === '-') {
    terminal.out(await response.text())
    return
  }
  await saveResponse(response, output)
  terminal.say(`Wrote it to ${output}`)
}
