import { useDebounceFn } from '@vueuse/core'
import { onScopeDispose, shallowRef, watch } from 'vue'
import { type CharacterHead } from '#shared/entities.ts'
import { CHARACTER_CHANGES } from '../../stores/character-changes.ts'
import { useLibrary } from '../../stores/library.ts'
import { useStage } from '../../stores/stage.ts'

/** Who speaks with a voice: some of them, who were talked with last, and how many there are. */
export interface VoiceUsers {
  readonly heads: readonly CharacterHead[]
  readonly total: number
}

/** So many are shown at a glance. */
const MOST_SHOWN = 3
/** While a library is brought in, characters come by the thousand. */
const PAUSE_MS = 200
const NOBODY: VoiceUsers = { heads: [], total: 0 }

/** Who speaks with which voice. */
export function useVoiceUsers() {
  const { client } = useStage()
  const library = useLibrary()
  const users = shallowRef<ReadonlyMap<string, VoiceUsers>>(new Map())

  async function usersOfVoice(voice_id: string): Promise<readonly [string, VoiceUsers]> {
    const asked = { voice_id, sort: 'recent', limit: MOST_SHOWN } as const
    const found = await client.request('get_character_heads', asked)
    library.putHeads(found.heads)
    return [voice_id, found]
  }

  async function load(): Promise<void> {
    const ids = library.voices.map(({ voice_id }) => voice_id)
    users.value = new Map(await Promise.all(ids.map(usersOfVoice)))
  }
  const loadSoon = useDebounceFn(() => void load().catch(() => {}), PAUSE_MS)

  const changes = ['ready', ...CHARACTER_CHANGES] as const
  const stops = changes.map((type) => client.on(type, () => void loadSoon()))
  onScopeDispose(() => stops.forEach((stop) => stop()))
  watch(
    () => library.voices.map(({ voice_id }) => voice_id).join(' '),
    () => void load().catch(() => {}),
    { immediate: true },
  )
  return { usersOf: (voiceId: string): VoiceUsers => users.value.get(voiceId) ?? NOBODY }
}
