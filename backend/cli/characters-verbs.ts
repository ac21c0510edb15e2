import { readFile } from 'node:fs/promises'
import { type Character } from '#shared/entities.ts'
import { chooseCharacter } from './character-choice.ts'
import {
  type CharacterFormat,
  readCharacters,
  type ReadCharacter,
  writeCharacters,
} from './character-files.ts'
import { type Connected } from './connection.ts'
import { CliError, EXIT, reasonOf } from './exit.ts'
import { harmless } from './style.ts'
import { writeWhole } from './write-file.ts'

/** `troupe characters list` */
export async function listCharacters(
  { client, terminal }: Connected,
  { json }: { json: boolean },
): Promise<void> {
  const characters = await client.request('get_characters', {})
  if (json) terminal.out(characters.map((character) => `${JSON.stringify(character)}\n`).join(''))
  else for (const character of characters) terminal.out(`${lineOf(character)}\n`)
  if (characters.length === 0)
    terminal.say('There are no characters yet; import one, or make one in the web page.')
}

function lineOf({ name, id, description, personality, is_active }: Character): string {
  const about = harmless(description || personality)
    .replaceAll(/\s+/g, ' ')
    .trim()
  const short = about.length > 60 ? `${about.slice(0, 59)}…` : about
  return [harmless(name), id, is_active ? 'active' : '-', short].join('\t')
}

export interface ExportCharactersOptions {
  /** Empty: all of them. */
  readonly names: readonly string[]
  readonly format: CharacterFormat
  /** Absent or `-`: to stdout. */
  readonly output?: string | undefined
}

/** `troupe characters export` */
export async function exportCharacters(
  { client, terminal }: Connected,
  { names, format, output }: ExportCharactersOptions,
): Promise<void> {
  const all = await client.request('get_characters', {})
  const chosen = names.length === 0 ? all : names.map((name) => chooseCharacter(all, name))
  const text = writeCharacters(chosen, format)
  if (output === undefined || output === '-') {
    terminal.out(text)
    return
  }
  await writeWhole(output, text)
  terminal.say(`Wrote ${chosen.map(({ name }) => name).join(', ')} to ${output}`)
}

/** `troupe characters import`: all files are read before the first character is made. */
export async function importCharacters(
  { client, terminal }: Connected,
  files: readonly string[],
): Promise<void> {
  const read: { file: string; characters: ReadCharacter[] }[] = []
  for (const file of files) read.push({ file, characters: await readFileOf(file, terminal) })
  for (const { file, characters } of read) {
    for (const { draft, leftOut } of characters) {
      const { name, id } = await client.request('create_character', draft)
      terminal.out(`${id}\n`)
      const rest = leftOut.length > 0 ? `; left out: ${leftOut.join(', ')}` : ''
      terminal.say(`Imported ${harmless(name)} from ${file}${rest}`)
    }
  }
}

async function readFileOf(file: string, terminal: Connected['terminal']): Promise<ReadCharacter[]> {
  if (/\.(?:png|apng|webp|charx)$/i.test(file)) {
    throw new CliError(
      EXIT.failure,
      `Cannot import ${file}: picture cards cannot be read yet; give the JSON of the card`,
    )
  }
  try {
    const text = file === '-' ? await terminal.readAll() : await readFile(file, 'utf8')
    return readCharacters(parsed(text))
  } catch (error) {
    throw new CliError(EXIT.failure, `Cannot import ${file}: ${reasonOf(error)}`, { cause: error })
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch {
    throw new Error('it is not JSON')
  }
}
