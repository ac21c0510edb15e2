import { computed } from 'vue'
import { useRouter } from 'vue-router'
import { THEMES, useTheme } from '../../composables/use-theme.ts'
import { chooseLanguage, currentLanguage, isLanguage, LANGUAGES, t } from '../../i18n/index.ts'
import { useCall } from '../../stores/call.ts'
import { useGuide } from '../../stores/guide.ts'
import { useShell } from '../../stores/shell.ts'
import { useConversationVerbs } from '../chat/use-conversation-verbs.ts'
import { SECTIONS } from '../settings/sections.ts'
import { keysOf } from './keys.ts'
import { type PaletteItem } from './palette-items.ts'

/** Where one can go from anywhere. */
export function useWayItems() {
  const shell = useShell()
  const router = useRouter()
  return computed<PaletteItem[]>(() => [
    ...shell.ways.map(({ id, path }) => ({
      id: `way-${id}`,
      name: t(`shell.${id}`),
      keys: keysOf(`go${id.charAt(0).toUpperCase()}${id.slice(1)}`)?.replace('+then+', ' '),
      run: () => router.push(path),
    })),
    ...SECTIONS.map((id) => ({
      id: `section-${id}`,
      name: t('shell.palette.section', { name: t(`settings.sections.${id}`) }),
      run: () => router.push(`/settings/${id}`),
    })),
  ])
}

/** What can be done from anywhere. */
export function useDeedItems() {
  const shell = useShell()
  const router = useRouter()
  const { startFresh } = useConversationVerbs()
  const callItems = useCallItems()
  const lightItems = useLightItems()
  const guide = useGuide()
  async function showAround(): Promise<void> {
    guide.begin()
    await startFresh()
  }
  return computed<PaletteItem[]>(() => [
    { id: 'fresh', name: t('shell.palette.startFresh'), keys: keysOf('fresh'), run: startFresh },
    {
      id: 'new-character',
      name: t('shell.palette.newCharacter'),
      run: () => router.push('/characters/new'),
    },
    ...callItems.value,
    ...lightItems.value,
    ...languageItems(),
    { id: 'guide', name: t('shell.palette.guide'), run: showAround },
    {
      id: 'keys',
      name: t('shell.palette.keys'),
      keys: keysOf('help'),
      run: () => (shell.areKeysOpen = true),
    },
  ])
}

function useCallItems() {
  const call = useCall()
  const router = useRouter()
  /** A call is held where the conversation is. */
  async function talk(): Promise<void> {
    const { name } = router.currentRoute.value
    if (name !== 'home' && name !== 'conversation') await router.push('/')
    await call.start()
  }
  return computed<PaletteItem[]>(() => {
    const voice: PaletteItem = {
      id: 'voice',
      name: t(call.isVoiceOn ? 'shell.palette.voicesOff' : 'shell.palette.voicesOn'),
      keys: keysOf('output'),
      run: () => call.toggleVoice(),
    }
    if (!call.isInCall) return [{ id: 'call', name: t('shell.palette.call'), run: talk }, voice]
    return [
      {
        id: 'mute',
        name: t(call.isMicMuted ? 'shell.palette.unmute' : 'shell.palette.mute'),
        keys: keysOf('mute'),
        run: () => call.toggleMic(),
      },
      voice,
      { id: 'hang-up', name: t('shell.palette.hangUp'), run: () => call.hangUp() },
    ]
  })
}

const LIGHTS = { light: 'shell.day', dark: 'shell.night', system: 'shell.asSystem' } as const

function useLightItems() {
  const { theme } = useTheme()
  return computed<PaletteItem[]>(() =>
    THEMES.filter((id) => id !== theme.value).map((id) => ({
      id: `light-${id}`,
      name: t('shell.palette.light', { name: t(LIGHTS[id]) }),
      words: `theme ${id}`,
      run: () => (theme.value = id),
    })),
  )
}

function languageItems(): PaletteItem[] {
  const others = Object.entries(LANGUAGES).filter(([id]) => id !== currentLanguage())
  return others.map(([id, name]) => ({
    id: `language-${id}`,
    name: t('shell.palette.language', { name }),
    words: 'language sprache',
    run: () => isLanguage(id) && chooseLanguage(id),
  }))
}
