import { mkdir, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { type Character } from '#shared/entities.ts'
import { type CardFormat } from './character-files.ts'
import { type Connected } from './connection.ts'
import { CliError, EXIT } from './exit.ts'
import { callApi } from './http.ts'
import { writeWhole } from './write-file.ts'
import { type ServerAnswer } from './trust.ts'

interface CardsToExport {
  readonly chosen: readonly Character[]
  readonly format: CardFormat
  /** Absent: to stdout. */
  readonly output: string | undefined
}

/** Cards as the server writes them: one to a file or to stdout, several into a folder. */
export async function exportCards(
  connected: Connected,
  { chosen, format, output }: CardsToExport,
): Promise<void> {
  const isFolder = output !== undefined && (await isFolderMeant(output, chosen.length))
  if (!isFolder && chosen.length > 1) {
    throw new CliError(EXIT.usage, 'Several cards need a folder: -o cards/')
  }
  if (isFolder) await mkdir(output, { recursive: true })
  const taken = new Set<string>()
  for (const { id, name } of chosen) await exportCard({ id, name })

  async function exportCard({ id, name }: Pick<Character, 'id' | 'name'>): Promise<void> {
    const { client, terminal } = connected
    const path = `/api/characters/${encodeURIComponent(id)}/export?format=${format}`
    const response = await callApi(client.address, path)
    const bytes = new Uint8Array(await response.arrayBuffer())
    if (output === undefined) {
      if (format !== 'json' && terminal.stdout.isTTY === true) {
        throw new CliError(
          EXIT.usage,
          `A ${format.toUpperCase()} is nothing for a terminal; give a file: -o card.${format}`,
        )
      }
      terminal.out(bytes)
      return
    }
    const file = isFolder ? join(output, freeName(nameIn(response) ?? `${id}.${format}`, taken)) : output
    await writeWhole(file, bytes)
    terminal.say(`Wrote ${name} to ${file}`)
  }
}

async function isFolderMeant(output: string, count: number): Promise<boolean> {
  if (count > 1 || output.endsWith('/')) return true
  return await stat(output).then(
    (found) => found.isDirectory(),
    () => false,
  )
}

/** What the server calls it. Its name is not trusted with more than a name. */
function nameIn(response: ServerAnswer): string | undefined {
  const encoded = /filename\*=UTF-8''([^;]+)/.exec(response.headers.get('content-disposition') ?? '')?.[1]
  if (encoded === undefined) return undefined
  const name = basename(decodeURIComponent(encoded).replaceAll('\\', '/'))
  return name === '' || name.startsWith('.') ? undefined : name
}

/** Two of one name get a number, where case does not count, either. */
function freeName(name: string, taken: Set<string>): string {
  const dot = name.lastIndexOf('.')
  let free = name
  for (let number = 2; taken.has(free.toLowerCase()); number++) {
    free = `${name.slice(0, dot)} (${number})${name.slice(dot)}`
  }
  taken.add(free.toLowerCase())
  return free
}
