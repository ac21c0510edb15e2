import { useRouter } from 'vue-router'
import { useLibrary } from '../../stores/library.ts'
import { useRoom } from '../../stores/room.ts'
import { useShell } from '../../stores/shell.ts'

const UNDO_MS = 6_500

/** What can be done to a conversation: begin one, rename one, delete one with a way back. */
export function useConversationVerbs() {
  const library = useLibrary()
  const room = useRoom()
  const shell = useShell()
  const router = useRouter()

  async function startFresh(): Promise<void> {
    shell.drawer = null
    await room.startFresh()
    await router.push('/')
  }

  /** Hides it at once and deletes it when nobody took it back; closing the page in between keeps it. */
  function remove(id: string): void {
    shell.leave(id)
    if (room.conversationId === id) void startFresh()
    const timer = setTimeout(() => {
      library
        .deleteConversation(id)
        .catch(() => shell.say('The conversation could not be deleted. It is still here.'))
        .finally(() => shell.comeBack(id))
    }, UNDO_MS)
    const undo = () => {
      clearTimeout(timer)
      shell.comeBack(id)
    }
    shell.say('Conversation deleted', { name: 'Undo', run: undo })
  }

  function rename(id: string, title: string): void {
    library.renameConversation(id, title.trim()).catch(() => {
      shell.say('The new name could not be saved. The old one stands.')
    })
  }

  return { startFresh, remove, rename }
}
