import { ref } from 'vue'
import { useRouter } from 'vue-router'
import { t } from '../../i18n/index.ts'
import { useRoom } from '../../stores/room.ts'
import { useShell } from '../../stores/shell.ts'
import { useStage } from '../../stores/stage.ts'

/** Begins a conversation in which a character says the first word, and says it aloud. */
export function useGreeting() {
  const { client, output } = useStage()
  const room = useRoom()
  const shell = useShell()
  const router = useRouter()
  const isComing = ref(false)

  async function begin(characterId: string): Promise<void> {
    const character = await client.request('get_character', { id: characterId })
    const created = await client.request('create_conversation', { active_characters: [characterId] })
    const greeting = await client.request('create_message', {
      conversation_id: created.conversation_id,
      role: 'assistant',
      character_id: characterId,
      name: character.name,
      content: spoken(character.first_message, character.name),
    })
    await room.open(created.conversation_id)
    await router.push(`/c/${created.conversation_id}`)
    room.speak(greeting.message_id)
  }

  return {
    isComing,
    /** To be called in a user's gesture. @returns whether somebody came. */
    async greet(characterId: string): Promise<boolean> {
      output.unlock()
      isComing.value = true
      try {
        await begin(characterId)
        return true
      } catch {
        shell.say(t('shell.guide.failed'))
        return false
      } finally {
        isComing.value = false
      }
    },
  }
}

/** The marks that stand for names, filled in for somebody who is not known yet. */
function spoken(greeting: string, name: string): string {
  return greeting.replaceAll(/\{\{char\}\}/giu, name).replaceAll(/\{\{user\}\}/giu, t('call.you'))
}
