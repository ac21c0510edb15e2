import { computed, onScopeDispose, ref } from 'vue'
import { z } from 'zod'
import { currentLanguage, t } from '../../i18n/index.ts'
import { takeToken } from '../../socket/token.ts'

const Refusal = z.object({ error: z.string() })
const Restored = z.object({ restart: z.enum(['now', 'needed']).catch('needed') })

/** `now`: the server begins anew by itself; `needed`: somebody has to start it again. */
export type RestoreStep = 'idle' | 'sending' | 'working' | 'now' | 'needed'

/** Sends a saved file back, and tells how far it has got. */
export function useRestore() {
  const step = ref<RestoreStep>('idle')
  const share = ref(0)
  const fileName = ref('')
  const problem = ref('')
  let request: XMLHttpRequest | undefined

  function send(file: File): void {
    step.value = 'sending'
    share.value = 0
    fileName.value = file.name
    problem.value = ''
    request = sendFile(file, {
      onShare: (sent) => (share.value = sent),
      onSent: () => (step.value = 'working'),
      onDone: (restart) => (step.value = restart),
      onFailure: (words) => {
        problem.value = words
        step.value = 'idle'
      },
    })
  }

  function stop(): void {
    request?.abort()
    step.value = 'idle'
  }

  onScopeDispose(() => {
    if (step.value === 'sending') stop()
  })
  const percent = computed(() =>
    new Intl.NumberFormat(currentLanguage(), { style: 'percent' }).format(share.value),
  )
  return { step, share, percent, fileName, problem, send, stop }
}

interface Told {
  readonly onShare: (share: number) => void
  readonly onSent: () => void
  readonly onDone: (restart: 'now' | 'needed') => void
  readonly onFailure: (words: string) => void
}

/** The old way: `fetch` does not tell how much of what is sent has gone. */
function sendFile(file: File, { onShare, onSent, onDone, onFailure }: Told): XMLHttpRequest {
  const body = new FormData()
  body.append('file', file)
  const request = new XMLHttpRequest()
  request.open('POST', '/api/restore')
  const token = takeToken()
  if (token !== null) request.setRequestHeader('authorization', `Bearer ${token}`)
  request.upload.addEventListener('progress', ({ loaded, total }) => onShare(loaded / Math.max(1, total)))
  request.upload.addEventListener('load', onSent)
  request.addEventListener('load', () => {
    const isFine = request.status >= 200 && request.status < 300
    if (isFine) onDone(Restored.parse(jsonIn(request.responseText)).restart)
    else onFailure(Refusal.safeParse(jsonIn(request.responseText)).data?.error ?? t('common.failed'))
  })
  request.addEventListener('error', () => onFailure(t('common.failed')))
  request.send(body)
  return request
}

/** An empty object where there is no JSON. */
function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return {}
  }
}
