import { type Character, CharacterDraft } from '#shared/entities.ts'
import { type TroupeClient } from './client.ts'
import { CliError, EXIT } from './exit.ts'

/**
 * The character that is meant: by name, nickname, id, or the beginning of a name.
 * @throws CliError that says who there is.
 */
export function chooseCharacter(characters: readonly Character[], given: string): Character {
  const wanted = fold(given.replace(/^@/, ''))
  const isCalled = ({ id, name, nickname }: Character): boolean =>
    id === given || fold(name) === wanted || (nickname !== '' && fold(nickname) === wanted)
  const called = characters.find(isCalled)
  if (called) return called
  const beginning = characters.filter(({ name }) => wanted !== '' && fold(name).startsWith(wanted))
  const [only, ...others] = beginning
  if (only && others.length === 0) return only
  const known = (only ? beginning : characters).map(({ name }) => name).join(', ')
  throw new CliError(
    EXIT.failure,
    only
      ? `"${given}" could be any of ${known}; give more of the name`
      : `There is no character "${given}"; there ${characters.length === 1 ? 'is' : 'are'} ${known || 'none yet: make one in the web page, or import one'}`,
  )
}

function fold(name: string): string {
  return name.normalize('NFC').toLowerCase().trim()
}

const PLAIN_TAG = 'plain-model'

/** Nobody in particular: the model itself, for those who want no character. Made once, and found by its tag. */
export async function plainAssistant(client: TroupeClient): Promise<Character> {
  const characters = await client.request('get_characters', {})
  const found = characters.find(({ tags }) => tags.includes(PLAIN_TAG))
  if (found) return found
  return client.request(
    'create_character',
    CharacterDraft.parse({
      name: 'Assistant',
      voice_id: null,
      color: null,
      system_prompt: 'You are a helpful assistant. Answer {{user}} directly, completely and correctly.',
      creator_notes: 'The language model itself, as "troupe chat --model" and "--plain" talk with it.',
      tags: [PLAIN_TAG],
    }),
  )
}
