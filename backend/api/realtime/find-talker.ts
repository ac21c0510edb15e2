import { AppError } from '../../errors.ts'
import { type Directory, type Talkable } from '../core/contract.ts'
import { CHARACTER_PREFIX } from '../core/talkable.ts'
import { type Store } from '../../store/contract.ts'
import { isForeignModel } from './foreign-names.ts'
import { type Talker } from './talker.ts'

export interface FindTalkerDeps {
  readonly directory: Directory
  readonly store: Pick<Store, 'characters' | 'voices'>
}

/** How many are named to somebody who asked for nobody. */
const NAMED = 12

/**
 * Who answers to a name.
 * @throws AppError `not_found` whose sentence names who is there.
 */
export async function findTalker(deps: FindTalkerDeps, name: string, signal: AbortSignal): Promise<Talker> {
  const { directory, store } = deps
  const found = await directory.find(name, signal)
  const talkable = found ?? (isForeignModel(name) ? await whoIsHere(deps, signal) : undefined)
  if (!talkable || talkable.kind === 'embedding') throw await nobody(deps, name, signal)
  const voices = await store.voices.list()
  if (talkable.kind !== 'character') return { talkable, character: undefined, voices }
  return {
    talkable,
    character: await store.characters.get(talkable.id.slice(CHARACTER_PREFIX.length)),
    voices,
  }
}

/** Programs that can only ask for OpenAI's models talk with the first character of a fresh conversation. */
async function whoIsHere(
  { directory, store }: FindTalkerDeps,
  signal: AbortSignal,
): Promise<Talkable | undefined> {
  const [characters, all] = await Promise.all([store.characters.list(), directory.list(signal)])
  const present = characters.find(({ is_active }) => is_active) ?? characters[0]
  return (
    all.find(({ id }) => id === `${CHARACTER_PREFIX}${present?.id}`) ??
    all.find(({ kind }) => kind === 'model')
  )
}

async function nobody({ directory }: FindTalkerDeps, name: string, signal: AbortSignal): Promise<AppError> {
  const all = await directory.list(signal)
  const names = all
    .filter(({ kind }) => kind !== 'embedding')
    .toSorted((one, other) => Number(other.kind === 'character') - Number(one.kind === 'character'))
    .slice(0, NAMED)
    .map(({ id, aliases }) => aliases[0] ?? id)
  return new AppError(
    'not_found',
    `There is no model "${name.slice(0, 200)}"; there are: ${names.join(', ')}`,
  )
}
