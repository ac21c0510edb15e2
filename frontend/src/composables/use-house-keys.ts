import { useEventListener } from '@vueuse/core'
import { useRouter } from 'vue-router'
import { useConversationVerbs } from '../components/chat/use-conversation-verbs.ts'
import { useCall } from '../stores/call.ts'
import { useShell } from '../stores/shell.ts'
import { hasModifier, isTyping, isUnderDialog } from './key-target.ts'

/** How long the second key of a pair is waited for. */
const PAIR_MS = 1_200

/** The keys that mean the same on every page: the palette, the list of keys, the ways, a fresh conversation. */
export function useHouseKeys(): void {
  const shell = useShell()
  const call = useCall()
  const router = useRouter()
  const { startFresh } = useConversationVerbs()
  const pairs: Readonly<Record<string, string>> = {
    KeyC: '/conversations',
    KeyA: '/characters',
    KeyV: '/voices',
    KeyM: '/models',
    KeyS: '/settings',
  }
  let pairFrom = -Infinity

  function onPlainKey(event: KeyboardEvent): boolean {
    const isSecond = event.timeStamp - pairFrom <= PAIR_MS
    const path = pairs[event.code]
    pairFrom = event.code === 'KeyG' ? event.timeStamp : -Infinity
    if (isSecond && path !== undefined) void router.push(path)
    else if (event.key === '?') shell.areKeysOpen = true
    else if (event.code === 'KeyN' && !call.isInCall) void startFresh()
    else return false
    return true
  }

  useEventListener(window, 'keydown', (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.repeat) return
    const isPalette = event.code === 'KeyK' && (event.ctrlKey || event.metaKey) && !event.altKey
    if (isPalette) shell.isPaletteOpen = !shell.isPaletteOpen
    else if (hasModifier(event) || isTyping(event) || isUnderDialog() || !onPlainKey(event)) return
    event.preventDefault()
  })
}
