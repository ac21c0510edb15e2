import { onScopeDispose, ref, shallowRef } from 'vue'
import { RunnerTalkEvent } from '#shared/entities.ts'
import { t } from '../../i18n/index.ts'
import { fetchApi } from '../../socket/api.ts'
import { milliseconds } from '../chat/latency.ts'
import { wordsFor } from '../settings/use-settings.ts'
import { decimal } from './models-words.ts'
import { readEvents } from './read-events.ts'

interface Said {
  readonly role: 'user' | 'assistant'
  readonly content: string
  /** How quick it was. */
  readonly figures?: string
  readonly problem?: string
}

/** A few words with a runner, which are kept nowhere. */
export function useTalk(runnerId: () => string) {
  const said = shallowRef<readonly Said[]>([])
  const isTalking = ref(false)
  let leaving: AbortController | undefined

  function change(patch: Partial<Said>): void {
    const last = said.value.at(-1)
    if (last) said.value = [...said.value.slice(0, -1), { ...last, ...patch }]
  }

  function take(event: RunnerTalkEvent): void {
    if (event.type === 'text') change({ content: (said.value.at(-1)?.content ?? '') + event.text })
    else if (event.type === 'done') change({ figures: figuresOf(event) })
    else change({ problem: event.message })
  }

  async function say(text: string): Promise<void> {
    if (isTalking.value) return
    const { signal } = (leaving = new AbortController())
    const asked: readonly Said[] = [...said.value, { role: 'user', content: text }]
    said.value = [...asked, { role: 'assistant', content: '' }]
    isTalking.value = true
    try {
      for await (const event of repliesOf(runnerId(), asked, signal)) take(event)
    } catch (error) {
      change(signal.aborted ? { figures: t('models.talk.stopped') } : { problem: wordsFor(error) })
    }
    isTalking.value = false
  }

  const stop = () => leaving?.abort()
  function forget(): void {
    stop()
    said.value = []
  }
  onScopeDispose(stop)
  return { said, isTalking, say, stop, forget }
}

async function* repliesOf(
  id: string,
  said: readonly Said[],
  signal: AbortSignal,
): AsyncGenerator<RunnerTalkEvent> {
  // What was not answered was not said.
  const messages = said
    .filter(({ role, content }) => role === 'user' || content !== '')
    .map(({ role, content }) => ({ role, content }))
  const path = `/api/runners/${encodeURIComponent(id)}/talk`
  const { body } = await fetchApi({ method: 'POST', path, json: { messages }, signal })
  if (body) yield* readEvents(body, RunnerTalkEvent)
}

function figuresOf(done: Extract<RunnerTalkEvent, { type: 'done' }>): string {
  const { first_token_ms: firstMs, tokens, tokens_per_second: speed } = done
  return [
    t('models.talk.first', { time: milliseconds(firstMs) }),
    ...(speed === undefined ? [] : [t('models.figures.speed', { speed: decimal(speed) })]),
    ...(tokens === undefined ? [] : [t('models.talk.tokens', { count: tokens })]),
  ].join(' · ')
}
