import { useRoute } from 'vue-router'
import { type WayId } from '../../stores/shell.ts'

/** The page that stands for each way also when something inside of it is open. */
const WAY_OF: Readonly<Record<string, WayId>> = {
  home: 'conversations',
  conversation: 'conversations',
  conversations: 'conversations',
  characters: 'characters',
  character: 'characters',
  voices: 'voices',
  voice: 'voices',
  models: 'models',
  runner: 'models',
  'runners-file': 'models',
  settings: 'settings',
}

export function useWays() {
  const route = useRoute()
  return { isAt: (id: WayId): boolean => WAY_OF[String(route.name)] === id }
}
