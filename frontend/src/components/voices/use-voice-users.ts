import { onScopeDispose, shallowRef } from 'vue'
import { type CharacterHead } from '#shared/entities.ts'
import { useLibrary } from '../../stores/library.ts'
import { useStage } from '../../stores/stage.ts'

/** Of a very large library those are looked at who were talked with last. */
const MOST_LOOKED_AT = 500

/** Who speaks with which voice. */
export function useVoiceUsers() {
  const { client } = useStage()
  const library = useLibrary()
  const users = shallowRef<ReadonlyMap<string, readonly CharacterHead[]>>(new Map())

  async function load(): Promise<void> {
    const { heads } = await client.request('get_character_heads', { sort: 'recent', limit: MOST_LOOKED_AT })
    library.putHeads(heads)
    const byVoice = new Map<string, CharacterHead[]>()
    for (const head of heads) {
      if (head.voice_id !== null) byVoice.set(head.voice_id, [...(byVoice.get(head.voice_id) ?? []), head])
    }
    users.value = byVoice
  }
  const tryToLoad = (): void => void load().catch(() => {})

  const stops = (
    ['ready', 'character_created', 'character_updated', 'character_deleted', 'voice_deleted'] as const
  ).map((type) => client.on(type, tryToLoad))
  onScopeDispose(() => stops.forEach((stop) => stop()))
  tryToLoad()
  return { usersOf: (voiceId: string) => users.value.get(voiceId) ?? [] }
}
