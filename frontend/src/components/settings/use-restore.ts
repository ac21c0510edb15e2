import { computed, onScopeDispose, ref } from 'vue'
import { z } from 'zod'
import { currentLanguage, t } from '../../i18n/index.ts'
import { takeToken } from '../../socket/token.ts'

/** How many of each kind came back. */
const Restored = z.record(z.string(), z.unknown())
const Refusal = z.object({ error: z.string() })

export type RestoreStep = 'idle' | 'sending' | 'working' | 'done'

/** Sends a saved file back, with how far it has got: `fetch` does not tell that of what is sent. */
export function useRestore() {
  const step = ref<RestoreStep>('idle')
  const share = ref(0)
  const fileName = ref('')
  const problem = ref('')
  const counts = ref<Record<string, number>>({})
  let request: XMLHttpRequest | undefined

  function send(file: File): void {
    step.value = 'sending'
    share.value = 0
    fileName.value = file.name
    problem.value = ''
    const body = new FormData()
    body.append('file', file)
    request = new XMLHttpRequest()
    request.open('POST', '/api/restore')
    const token = takeToken()
    if (token !== null) request.setRequestHeader('authorization', `Bearer ${token}`)
    request.upload.addEventListener(
      'progress',
      ({ loaded, total }) => (share.value = loaded / Math.max(1, total)),
    )
    request.upload.addEventListener('load', () => (step.value = 'working'))
    request.addEventListener('load', () => finish(request?.status ?? 0, request?.responseText ?? ''))
    request.addEventListener('error', () => fail(t('common.failed')))
    request.send(body)
  }

  function finish(status: number, answer: string): void {
    const told = jsonIn(answer)
    if (status >= 400) return fail(Refusal.safeParse(told).data?.error ?? t('common.failed'))
    counts.value = countsIn(Restored.safeParse(told).data ?? {})
    step.value = 'done'
  }

  function fail(words: string): void {
    problem.value = words
    step.value = 'idle'
  }

  function stop(): void {
    request?.abort()
    step.value = 'idle'
  }

  onScopeDispose(() => {
    if (step.value === 'sending') request?.abort()
  })
  const percent = computed(() =>
    new Intl.NumberFormat(currentLanguage(), { style: 'percent' }).format(share.value),
  )
  return { step, share, percent, fileName, problem, counts, send, stop }
}

function countsIn(told: Record<string, unknown>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(told).filter(
      (entry): entry is [string, number] => typeof entry[1] === 'number' && entry[1] > 0,
    ),
  )
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
