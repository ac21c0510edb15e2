import { ref } from 'vue'
import { useRouter } from 'vue-router'
import { t } from '../../i18n/index.ts'
import { useRoom } from '../../stores/room.ts'
import { useShell } from '../../stores/shell.ts'
import { type TranscriptLine } from '../../stores/types.ts'
import { type LineVerb } from './line-verbs.ts'
import { useCopy } from './use-copy.ts'

/** Does to a line what was chosen for it. */
export function useLineVerbs() {
  const room = useRoom()
  const shell = useShell()
  const copy = useCopy()
  const places = usePlaceVerbs()
  const explainedId = ref<string | null>(null)
  /** The greeting in whose place another one is looked for. */
  const greetingId = ref<string | null>(null)

  async function remove(id: string): Promise<void> {
    if (!(await room.deleteMessage(id))) return
    const run = (): void => void room.restore(`message:${id}`)
    shell.say(t('chat.lineDeleted'), { name: t('common.undo'), run })
  }

  const acts: Record<LineVerb, (line: TranscriptLine) => unknown> = {
    ...places,
    speak: ({ id }) => room.speak(id),
    copy: ({ text }) => copy(text),
    edit: ({ id }) => (shell.editingMessageId = id),
    regenerate: ({ id }) => room.regenerate(id),
    continue: ({ id }) => room.continueMessage(id),
    greetings: ({ id }) => (greetingId.value = id),
    exclude: ({ id }) => room.setExcluded(id, true),
    include: ({ id }) => room.setExcluded(id, false),
    inspect: ({ characterId }) => (shell.inspected = { characterId }),
    explain: ({ id }) => {
      explainedId.value = id
      void room.learn(id)
    },
    delete: ({ id }) => remove(id),
    retry: () => room.retryLast(),
    earlier_alternative: ({ id }) => room.stepAlternative(id, -1),
    later_alternative: ({ id }) => room.stepAlternative(id, 1),
  }

  return { explainedId, greetingId, act: (line: TranscriptLine, verb: LineVerb) => void acts[verb](line) }
}

/** Those that lead somewhere else, or back here. */
function usePlaceVerbs() {
  const room = useRoom()
  const shell = useShell()
  const router = useRouter()
  const copy = useCopy()
  return {
    async branch({ id }: TranscriptLine): Promise<void> {
      const conversationId = await room.branch(id)
      if (conversationId === null) return
      await router.push(`/c/${conversationId}`)
      shell.say(t('chat.branched'))
    },
    link({ id }: TranscriptLine): Promise<void> {
      const { href } = router.resolve({ path: `/c/${room.conversationId}`, query: { m: id } })
      return copy(new URL(href, location.href).href)
    },
  }
}
