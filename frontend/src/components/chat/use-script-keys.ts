import { useRoom } from '../../stores/room.ts'
import { useShell } from '../../stores/shell.ts'
import { lastOwn } from './line-verbs.ts'

/**
 * Keys for what was said last, while nothing is being written: ← and → take another wording of the last reply, ↑
 * changes the user's own last line, Ctrl+Enter has the reply written anew, Alt+Enter has it go on.
 * @returns whether the key meant something.
 */
export function useScriptKeys(): (event: KeyboardEvent) => boolean {
  const room = useRoom()
  const shell = useShell()
  const own = () => lastOwn(room.lines)

  return (event) => {
    const reply = room.lastReply
    const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey && !event.shiftKey
    if (isPlain && event.key === 'ArrowUp' && own()) shell.editingMessageId = own()?.id ?? null
    else if (reply === undefined) return false
    else if (isPlain && event.key === 'ArrowLeft') room.stepAlternative(reply.id, -1)
    else if (isPlain && event.key === 'ArrowRight') room.stepAlternative(reply.id, 1)
    else if (event.key === 'Enter' && event.altKey) room.continueMessage(reply.id)
    else if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) room.regenerate(reply.id)
    else return false
    event.preventDefault()
    return true
  }
}
