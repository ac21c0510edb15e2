import { useRouter } from 'vue-router'
import { t } from '../../i18n/index.ts'
import { useLibrary } from '../../stores/library.ts'
import { useShell } from '../../stores/shell.ts'
import { useStage } from '../../stores/stage.ts'

/** Talking with somebody of the library: going on where one was, or from the beginning. */
export function useChatWith() {
  const { client } = useStage()
  const library = useLibrary()
  const shell = useShell()
  const router = useRouter()

  async function begin(id: string): Promise<void> {
    const conversation = await library.createConversation({ active_characters: [id] })
    await router.push(`/c/${conversation.conversation_id}`)
  }

  async function attempt(work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch {
      shell.say(t('library.chat.failed'))
    }
  }

  return {
    begin: (id: string) => attempt(() => begin(id)),
    /** The conversation that was used last; a first one if there is none. */
    goOn: (id: string) =>
      attempt(async () => {
        const [last] = await client.request('get_conversations', { character_id: id, limit: 1 })
        if (last === undefined) await begin(id)
        else await router.push(`/c/${last.conversation_id}`)
      }),
  }
}
