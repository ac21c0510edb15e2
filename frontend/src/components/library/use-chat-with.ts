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

  async function begin(id: string, greeting_index?: number): Promise<void> {
    const conversation = await library.createConversation({
      active_characters: [id],
      ...(greeting_index === undefined ? {} : { greeting_index }),
    })
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
    /** @param greetingIndex the greeting it begins with; -1 none, absent the first. */
    begin: (id: string, greetingIndex?: number) => attempt(() => begin(id, greetingIndex)),
    /** The conversation that was used last; a first one if there is none. */
    goOn: (id: string) =>
      attempt(async () => {
        const [last] = await client.request('get_conversations', { character_id: id, limit: 1 })
        if (last === undefined) await begin(id)
        else await router.push(`/c/${last.conversation_id}`)
      }),
  }
}
