import { type Character } from '#shared/entities.ts'
import { chooseCharacter } from './character-choice.ts'
import { CARD_FORMATS, type CardFormat, type CharacterFormat, writeCharacters } from './character-files.ts'
import { exportCards } from './export-cards.ts'
import { type Connected } from './connection.ts'
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
  connected: Connected,
  { names, format, output }: ExportCharactersOptions,
): Promise<void> {
  const { client, terminal } = connected
  const all = await client.request('get_characters', {})
  const chosen = names.length === 0 ? all : names.map((name) => chooseCharacter(all, name))
  if (isCard(format)) {
    await exportCards(connected, { chosen, format, output: output === '-' ? undefined : output })
    return
  }
  const text = writeCharacters(chosen, format)
  if (output === undefined || output === '-') {
    terminal.out(text)
    return
  }
  await writeWhole(output, text)
  terminal.say(`Wrote ${chosen.map(({ name }) => name).join(', ')} to ${output}`)
}

function isCard(format: CharacterFormat): format is CardFormat {
  return (CARD_FORMATS as readonly string[]).includes(format)
}
