import { useStorage } from '@vueuse/core'
import { computed, nextTick, ref, type Ref, type ShallowRef, watch, type WritableComputedRef } from 'vue'
import { type Character } from '#shared/entities.ts'
import { USER_MESSAGE_MAX_CHARACTERS } from '#shared/protocol/commands.ts'
import { useRoom } from '../../stores/room.ts'
import { commandEntries, type CommandEntry, commandIn } from './commands.ts'
import { completeMention, type Mention, mentionAt, mentionMatches } from './mention.ts'
import { useCommands } from './use-commands.ts'
import { FRESH, useUnsent } from './use-unsent.ts'

/** What is being written: a draft per conversation, the `@` and the `/` menu, and sending. */
export function useComposer(input: Readonly<ShallowRef<HTMLTextAreaElement | null>>) {
  const room = useRoom()
  const text = useDraft()
  const mention = ref<Mention | null>(null)
  const activeIndex = ref(0)

  const members = computed(() => (mention.value ? mentionMatches(room.cast, mention.value.query) : []))
  const menu = useCommandMenu(text)
  const canSend = computed(() => text.value.trim() !== '' && text.value.length <= USER_MESSAGE_MAX_CHARACTERS)

  // What the model writes for the user arrives here, unless the user has gone on writing themselves.
  watch(
    () => room.impersonation,
    (now, before) => {
      if (now && text.value === (before?.text ?? '')) text.value = now.text
    },
  )

  function lookForMention(): void {
    mention.value = mentionAt(text.value, input.value?.selectionStart ?? 0)
    activeIndex.value = 0
  }

  async function choose(member: Character): Promise<void> {
    if (!mention.value) return
    const completed = completeMention(text.value, mention.value, member.name)
    text.value = completed.text
    mention.value = null
    await nextTick()
    input.value?.focus()
    input.value?.setSelectionRange(completed.caret, completed.caret)
  }

  function send(isInterrupting: boolean): void {
    if (!canSend.value) return
    room.send(text.value.trim(), { interrupt: isInterrupting })
    text.value = ''
    mention.value = null
  }

  return { text, mention, members, activeIndex, canSend, lookForMention, choose, send, menu }
}

/** What is written to this conversation and not sent; it is kept with the browser. */
function useDraft(): WritableComputedRef<string> {
  const room = useRoom()
  const drafts = useStorage<Record<string, string>>('troupe.drafts', {})
  const key = computed(() => (room.isFresh ? FRESH : (room.conversationId ?? FRESH)))
  const text = computed({
    get: () => drafts.value[key.value] ?? '',
    set: (value) => (drafts.value = withDraft(drafts.value, key.value, value)),
  })
  useUnsent(key, text)
  return text
}

/** What the `/` being typed could mean. */
function useCommandMenu(text: Ref<string>) {
  const commands = useCommands()
  const activeIndex = ref(0)
  /** Esc closes the menu for as long as the text stays what it is. */
  const closedFor = ref<string | null>(null)
  const entries = computed(() => {
    const typed = text.value === closedFor.value ? null : commandIn(text.value)
    return typed ? commandEntries(commands.value, typed) : []
  })
  watch(entries, () => (activeIndex.value = 0))

  function take(entry: CommandEntry, isCarriedOut: boolean): void {
    if (isCarriedOut && entry.run) {
      text.value = ''
      entry.run()
    } else text.value = entry.completion
  }

  return { entries, activeIndex, take, close: () => (closedFor.value = text.value) }
}

/** The drafts with one changed; an empty one is not kept. */
export function withDraft(drafts: Record<string, string>, key: string, text: string): Record<string, string> {
  const others = Object.entries(drafts).filter(([other]) => other !== key)
  return Object.fromEntries(text ? [...others, [key, text]] : others)
}
