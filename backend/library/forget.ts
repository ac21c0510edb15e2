import { type Store } from '../store/contract.ts'

/** Takes back what has just been made, past the trash: nobody has seen it. */
export async function forgetCharacter(
  { characters, trash }: Pick<Store, 'characters' | 'trash'>,
  id: string,
): Promise<void> {
  await characters.delete(id)
  await trash.delete(`character:${id}`)
}

/** The same for a lorebook. */
export async function forgetLorebook(
  { lorebooks, trash }: Pick<Store, 'lorebooks' | 'trash'>,
  id: string,
): Promise<void> {
  await lorebooks.delete(id)
  await trash.delete(`lorebook:${id}`)
}
