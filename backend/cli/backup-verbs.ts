import { openAsBlob } from 'node:fs'
import { stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { z } from 'zod'
import { loadConfig } from '../config-sources.ts'
import { type ServerAddress } from './client.ts'
import { CliError, EXIT, reasonOf } from './exit.ts'
import { callApi } from './http.ts'
import { runningServer } from './server.ts'
import { type ConnectionFlags, settingsEnvironment, settingsFlags } from './settings.ts'
import { saveResponse, saveStream } from './stream-file.ts'
import { type Terminal } from './terminal.ts'

const BYTES_PER_MEGABYTE = 1_000_000

/** `troupe backup`: everything as one file, of the server that runs, or else of the data directory. */
export async function backUpTo(
  flags: ConnectionFlags,
  terminal: Terminal,
  given: string | undefined,
): Promise<void> {
  await using server = await runningServer(flags, terminal)
  const { path, bytes } = server ? await download(server.address, given) : await pack(flags, terminal, given)
  terminal.out(`${path}\n`)
  terminal.say(
    `Wrote ${(bytes / BYTES_PER_MEGABYTE).toFixed(1)} MB: characters, conversations, pictures, settings`,
  )
  terminal.say('Keys and tokens are not in it; keep those elsewhere')
}

interface Written {
  readonly path: string
  readonly bytes: number
}

async function download(address: ServerAddress, given: string | undefined): Promise<Written> {
  const response = await callApi(address, '/api/backup')
  const name = /filename="([^"/\\]+)"/u.exec(response.headers.get('content-disposition') ?? '')?.[1]
  const path = await placeFor(given, name ?? 'troupe-backup.zip')
  return { path, bytes: await saveResponse(response, path) }
}

async function pack(flags: ConnectionFlags, terminal: Terminal, given: string | undefined): Promise<Written> {
  const config = loadConfig(settingsFlags(flags), settingsEnvironment(terminal.env))
  // Late, as the database is not needed otherwise.
  const { backUpDataDir } = await import('../backup/back-up-data-dir.ts')
  const onNotice = (sentence: string): void => terminal.say(sentence)
  await using backup = await backUpDataDir(config.data_dir, onNotice)
  const path = await placeFor(given, backup.fileName)
  return { path, bytes: await saveStream(backup.content, path) }
}

/** Into a folder under the name that it has. */
async function placeFor(given: string | undefined, named: string): Promise<string> {
  if (given === undefined) return named
  const isFolder = await stat(given).then(
    (found) => found.isDirectory(),
    () => false,
  )
  return isFolder ? join(given, named) : given
}

const Contents = z.object({
  characters: z.number(),
  conversations: z.number(),
  messages: z.number(),
})
const Answer = z.object({ restart: z.enum(['now', 'needed']), created_at: z.string(), contents: Contents })

/**
 * `troupe restore`: a server that runs is given the file; where none runs, the data directory is worked on, even if
 * what is in it can no longer be opened.
 */
export async function restoreFrom(flags: ConnectionFlags, terminal: Terminal, path: string): Promise<void> {
  const bytes = await sizeOf(path)
  if (bytes === 0) throw new CliError(EXIT.failure, `Cannot restore ${path}: it is empty`)
  await using server = await runningServer(flags, terminal)
  if (server) {
    const form = new FormData()
    form.append('file', await openAsBlob(path), 'backup.zip')
    const response = await callApi(server.address, '/api/restore', { form })
    const { restart, created_at, contents } = Answer.parse(await response.json())
    tell(terminal, { created_at, contents })
    terminal.say(
      restart === 'now'
        ? 'The server restarts by itself, and is there again in a moment'
        : 'It will be in place when the server has been restarted',
    )
    return
  }
  const { data_dir } = loadConfig(settingsFlags(flags), settingsEnvironment(terminal.env))
  // Late, as the database is not needed otherwise.
  const { stageRestore } = await import('../backup/stage-restore.ts')
  const { settleRestore } = await import('../backup/settle-restore.ts')
  const manifest = await stageRestore(data_dir, path, new Date())
  await settleRestore(data_dir)
  tell(terminal, manifest)
  terminal.say(`The data of before are kept in ${resolve(data_dir)}, in a folder "before-restore-…"`)
}

function tell(
  terminal: Terminal,
  { created_at, contents }: Pick<z.infer<typeof Answer>, 'created_at' | 'contents'>,
): void {
  const { characters, conversations, messages } = contents
  const what = `${characters} characters, ${conversations} conversations, ${messages} messages`
  terminal.say(`Restored the backup of ${created_at.slice(0, 16).replace('T', ' ')}: ${what}`)
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size
  } catch (error) {
    throw new CliError(EXIT.failure, `Cannot restore ${path}: ${reasonOf(error)}`, { cause: error })
  }
}
