import { useRouter } from 'vue-router'
import { t } from '../../i18n/index.ts'
import { useLibrary } from '../../stores/library.ts'
import { useRoom } from '../../stores/room.ts'
import { useShell } from '../../stores/shell.ts'
import { type ChatFormat, saveConversation } from '../conversations/save-conversation.ts'

/** What can be done to a conversation: begin one, rename one, put it away, save it, delete one with a way back. */
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

  /** To the trash, from where it can be had back. */
  async function remove(id: string): Promise<void> {
    const isOpen = room.conversationId === id
    try {
      await library.deleteConversation(id)
    } catch {
      return shell.say(t('conversations.notDeleted'))
    }
    shell.say(t('conversations.deleted'), { name: t('common.undo'), run: () => void bringBack(id) })
    if (isOpen) await startFresh()
  }

  async function bringBack(id: string): Promise<void> {
    const isBack = await room.restore(`conversation:${id}`)
    if (!isBack) shell.say(t('conversations.notRestored'))
  }

  async function archive(id: string, isArchived: boolean): Promise<void> {
    const isKept = await room.change({ is_archived: isArchived }, id)
    if (!isKept) return shell.say(t('conversations.notArchived'))
    shell.say(t(isArchived ? 'conversations.archived' : 'conversations.unarchived'), {
      name: t('common.undo'),
      run: () => void room.change({ is_archived: !isArchived }, id),
    })
  }

  return { startFresh, remove, archive, ...useFileVerbs() }
}

/** Those that change or take nothing away. */
function useFileVerbs() {
  const library = useLibrary()
  const shell = useShell()
  return {
    rename: (id: string, title: string): void => {
      library.renameConversation(id, title.trim()).catch(() => shell.say(t('conversations.notRenamed')))
    },
    save: (id: string, format: ChatFormat): void => {
      saveConversation(id, format).catch(() => shell.say(t('conversations.notExported')))
    },
  }
}
