import { useDebounceFn } from '@vueuse/core'
import { onScopeDispose, watch } from 'vue'
import { useStage } from '../../stores/stage.ts'
import { CharacterVoiceKeeper } from './character-voice.ts'

const PAUSE_MS = 600

/** The voice of a character, kept a moment after each change, and in step with what changes elsewhere. */
export function useCharacterVoice(characterId: string) {
  const { client } = useStage()
  const keeper = new CharacterVoiceKeeper({
    load: () => client.request('get_character', { id: characterId }),
    update: (patch) => client.request('update_character', patch),
  })
  const { form, state, isChanged } = keeper
  const keepSoon = useDebounceFn(() => keeper.keep(), PAUSE_MS)
  watch(form, () => void (isChanged.value && keepSoon()), { deep: true })

  async function load(): Promise<void> {
    keeper.take(await client.request('get_character', { id: characterId }))
  }
  // The next `ready` tries again.
  const tryToLoad = (): void => void load().catch(() => {})
  const stops = [
    client.on('character_updated', ({ data }) => data.id === characterId && keeper.take(data)),
    client.on('ready', tryToLoad),
  ]
  onScopeDispose(() => {
    for (const stop of stops) stop()
    void keeper.keep()
  })
  tryToLoad()
  return { form, state, keep: () => keeper.keep(), keepMine: () => keeper.keepMine() }
}
