import { ref } from 'vue'
import { useRouter } from 'vue-router'
import { useRoom } from '../../stores/room.ts'
import { useShell } from '../../stores/shell.ts'
import { type TranscriptLine } from '../../stores/types.ts'
import { type LineVerb } from './line-verbs.ts'
import { useCopy } from './use-copy.ts'
import { useFarewell } from './use-farewell.ts'

/** Does to a line what was chosen for it. */
export function useLineVerbs() {
  const room = useRoom()
  const shell = useShell()
  const router = useRouter()
  const copy = useCopy()
  const farewell = useFarewell()
  const explainedId = ref<string | null>(null)

  async function branch(id: string): Promise<void> {
    const conversationId = await room.branch(id)
    if (conversationId === null) return
    await router.push(`/c/${conversationId}`)
    shell.say('This is a conversation of its own now. The other one stays as it was.')
  }

  const acts: Record<LineVerb, (line: TranscriptLine) => unknown> = {
    speak: ({ id }) => room.speak(id),
    copy: ({ text }) => copy(text),
    edit: ({ id }) => (shell.editingMessageId = id),
    regenerate: ({ id }) => room.regenerate(id),
    continue: ({ id }) => room.continueMessage(id),
    branch: ({ id }) => branch(id),
    exclude: ({ id }) => room.setExcluded(id, true),
    include: ({ id }) => room.setExcluded(id, false),
    inspect: ({ characterId }) => (shell.inspected = { characterId }),
    explain: ({ id }) => {
      explainedId.value = id
      void room.learn(id)
    },
    delete: ({ id }) => farewell(id),
    retry: () => room.retryLast(),
    earlier_alternative: ({ id }) => room.stepAlternative(id, -1),
    later_alternative: ({ id }) => room.stepAlternative(id, 1),
  }

  return { explainedId, act: (line: TranscriptLine, verb: LineVerb) => void acts[verb](line) }
}
