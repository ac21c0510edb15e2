import { useRouter } from 'vue-router'
import { type Voice } from '#shared/entities.ts'
import { t } from '../../i18n/index.ts'
import { useLibrary } from '../../stores/library.ts'
import { useShell } from '../../stores/shell.ts'
import { copyOf } from './voice-form.ts'

/** What can be done with a voice as a whole. */
export function useVoiceVerbs() {
  const library = useLibrary()
  const shell = useShell()
  const router = useRouter()

  async function duplicate(voice: Voice): Promise<void> {
    try {
      const copy = await library.createVoice(copyOf(voice, t('voices.copyOf', { name: voice.voice_name })))
      await router.push(`/voices/${copy.voice_id}`)
    } catch {
      shell.say(t('voices.notDuplicated', { name: voice.voice_name }))
    }
  }

  async function restore({ voice_id, voice_name: name }: Voice): Promise<void> {
    const said = await library.restore(`voice:${voice_id}`).then(
      () => t('voices.restored', { name }),
      () => t('voices.notRestored', { name }),
    )
    shell.say(said)
  }

  /** To the trash, from which it can be had back. @returns whether it is gone. */
  async function remove(voice: Voice): Promise<boolean> {
    const name = voice.voice_name
    try {
      await library.deleteVoice(voice.voice_id)
    } catch {
      shell.say(t('voices.notDeleted', { name }))
      return false
    }
    shell.say(t('voices.deleted', { name }), { name: t('common.undo'), run: () => void restore(voice) })
    return true
  }

  return { duplicate, remove }
}
