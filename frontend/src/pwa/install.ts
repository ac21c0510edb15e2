import { useMediaQuery } from '@vueuse/core'
import { computed, shallowRef, type ComputedRef } from 'vue'

/** Chromium's offer to install the page; other browsers have it in their menus. */
interface InstallOffer extends Event {
  prompt(): Promise<unknown>
}

const offer = shallowRef<InstallOffer | null>(null)

/** Early, as the browser makes its offer once. */
export function watchInstallOffer(): void {
  window.addEventListener('beforeinstallprompt', (event) => {
    event.preventDefault()
    if (isOffer(event)) offer.value = event
  })
  window.addEventListener('appinstalled', () => {
    offer.value = null
  })
}

export function useAppInstall(): {
  canInstall: ComputedRef<boolean>
  isInstalled: ComputedRef<boolean>
  install: () => Promise<void>
} {
  const isStandalone = useMediaQuery('(display-mode: standalone)')
  return {
    canInstall: computed(() => offer.value !== null),
    isInstalled: computed(() => isStandalone.value),
    async install() {
      await offer.value?.prompt()
      offer.value = null
    },
  }
}

function isOffer(event: Event): event is InstallOffer {
  return 'prompt' in event
}
