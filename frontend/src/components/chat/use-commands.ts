import { computed, type ComputedRef } from 'vue'
import { t } from '../../i18n/index.ts'
import { useBackstage } from '../../stores/backstage.ts'
import { useRoom } from '../../stores/room.ts'
import { useShell } from '../../stores/shell.ts'
import { CHAT_FORMATS, type ChatFormat } from '../conversations/save-conversation.ts'
import { type Command } from './commands.ts'
import { useConversationVerbs } from './use-conversation-verbs.ts'

/** What can be typed instead of a message, as the conversation stands. */
export function useCommands(): ComputedRef<Command[]> {
  const shell = useShell()
  const [turns, people, scene] = [useTurnCommands(), usePeopleCommands(), useSceneCommands()]
  return computed(() => {
    const all = [...turns(), ...people(), ...scene()]
    const help = { name: 'help', hint: t('chat.commands.help'), run: () => void (shell.areKeysOpen = true) }
    return [...all, help]
  })
}

/** About who says what next. */
function useTurnCommands(): () => Command[] {
  const room = useRoom()
  return () => {
    const reply = room.lastReply
    const ofReply: Command[] = reply
      ? [
          { name: 'regenerate', hint: t('chat.commands.regenerate'), run: () => room.regenerate(reply.id) },
          { name: 'continue', hint: t('chat.commands.continue'), run: () => room.continueMessage(reply.id) },
        ]
      : []
    if (room.lineCount === 0) return ofReply
    return [
      ...ofReply,
      { name: 'impersonate', hint: t('chat.commands.impersonate'), run: () => room.impersonate() },
    ]
  }
}

/** About those who are there. */
function usePeopleCommands(): () => Command[] {
  const room = useRoom()
  const idOf = (name: string) => room.cast.find((one) => one.name === name)?.id
  const withName = (act: (id: string) => void) => (name: string) => {
    const id = idOf(name)
    if (id !== undefined) act(id)
  }
  return () => {
    const isMuted = ({ id }: { readonly id: string }) => room.mutedCharacterIds.includes(id)
    const muted = room.cast.filter(isMuted)
    const heard = room.cast.filter((one) => !isMuted(one))
    const toggle = withName((id) => room.toggleCharacterMute(id))
    const commands: Command[] = [
      {
        name: 'next',
        hint: t('chat.commands.next'),
        options: optionsOf(room.cast, (name) => t('chat.commands.nextWho', { name })),
        run: (name) => room.nextTurn(idOf(name)),
      },
      {
        name: 'mute',
        hint: t('chat.commands.muteWho'),
        needsArgument: true,
        options: optionsOf(heard, (name) => t('chat.commands.mute', { name })),
        run: toggle,
      },
      {
        name: 'unmute',
        hint: t('chat.commands.unmuteWho'),
        needsArgument: true,
        options: optionsOf(muted, (name) => t('chat.commands.unmute', { name })),
        run: toggle,
      },
    ]
    return commands.filter((command) => command.options?.length !== 0)
  }
}

function optionsOf(people: readonly { readonly name: string }[], hint: (name: string) => string) {
  return people.map(({ name }) => ({ value: name, hint: hint(name) }))
}

/** About what is played, and where. */
function useSceneCommands(): () => Command[] {
  const room = useRoom()
  const backstage = useBackstage()
  const shell = useShell()
  const { startFresh } = useConversationVerbs()
  const ofStored = useStoredCommands()
  const personaOf = (name: string) => backstage.personas.find((one) => one.name === name)?.persona_id
  const note = (text: string): void => {
    const known = { depth: 4, role: 'system' as const, ...room.conversation?.author_note }
    if (text === '') shell.isBackstageOpen = true
    else void room.change({ author_note: { ...known, text } })
  }
  return () => {
    const commands: Command[] = [
      ...(room.isFresh || room.conversationId === null ? [] : ofStored(room.conversationId)),
      {
        name: 'persona',
        hint: t('chat.commands.persona'),
        needsArgument: true,
        options: backstage.personas.map(({ name, description }) => ({ value: name, hint: description })),
        run: (name) => void room.change({ persona_id: personaOf(name) ?? null }),
      },
      { name: 'note', hint: t('chat.commands.note'), argument: t('chat.commands.arguments.note'), run: note },
      { name: 'new', hint: t('chat.commands.new'), run: () => void startFresh() },
      { name: 'clear', hint: t('chat.commands.new'), run: () => void startFresh() },
    ]
    return commands.filter((command) => command.options?.length !== 0)
  }
}

/** About a conversation that is stored. */
function useStoredCommands(): (id: string) => Command[] {
  const { rename, save } = useConversationVerbs()
  return (id) => [
    {
      name: 'title',
      hint: t('chat.commands.title'),
      argument: t('chat.commands.arguments.title'),
      needsArgument: true,
      run: (title) => rename(id, title),
    },
    {
      name: 'export',
      hint: t('chat.commands.export'),
      options: CHAT_FORMATS.map((value) => ({ value, hint: t(`conversations.formats.${value}`) })),
      run: (format) => save(id, isFormat(format) ? format : 'jsonl'),
    },
  ]
}

const isFormat = (text: string): text is ChatFormat => CHAT_FORMATS.some((format) => format === text)
