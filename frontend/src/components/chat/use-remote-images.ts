import { useStorage } from '@vueuse/core'
import { shallowRef } from 'vue'

/** Whose pictures are fetched from elsewhere without asking; kept in this browser. */
const allowedFrom = useStorage<string[]>('troupe.images', [])

/** What somebody says may show pictures from elsewhere: each one that was asked for, or all of theirs. */
export function useRemoteImages(characterId: () => string | null) {
  const shown = shallowRef<readonly string[]>([])
  const key = (): string => characterId() ?? 'you'

  return {
    isAllowed: (url: string): boolean =>
      url.startsWith('https://') && (allowedFrom.value.includes(key()) || shown.value.includes(url)),
    show(url: string): void {
      shown.value = [...shown.value, url]
    },
    allow(): void {
      allowedFrom.value = [...allowedFrom.value.filter((other) => other !== key()), key()]
    },
  }
}
