import { useEventListener } from '@vueuse/core'
import { apiSend } from '../../socket/api.ts'
import { useRoom } from '../../stores/room.ts'
import { useShell } from '../../stores/shell.ts'

const UNDO_MS = 6_500

/**
 * Deletes a message that nobody takes back: it is hidden at once, and gone when the toast is, or when the page is
 * left. Not before, as it could not be made again as it was.
 */
export function useFarewell(): (messageId: string) => void {
  const room = useRoom()
  const shell = useShell()

  return (messageId) => {
    const conversationId = room.conversationId
    shell.leave(messageId)
    const stopWaiting = (): void => {
      clearTimeout(timer)
      stopListening()
    }
    const timer = setTimeout(() => {
      stopWaiting()
      void room.deleteMessage(messageId).then(() => shell.comeBack(messageId))
    }, UNDO_MS)
    const stopListening = useEventListener(window, 'pagehide', () => {
      stopWaiting()
      // The socket of a page that is left says nothing more.
      apiSend('DELETE', `/api/conversations/${conversationId}/messages/${messageId}`)
    })
    const undo = (): void => {
      stopWaiting()
      shell.comeBack(messageId)
    }
    shell.say('Line deleted', { name: 'Undo', run: undo })
  }
}
