import { onScopeDispose, shallowRef, watch, type Ref } from 'vue'
import { type TagCount } from '#shared/entities.ts'
import { CHARACTER_CHANGES } from '../../stores/character-changes.ts'
import { useLibrary } from '../../stores/library.ts'
import { useStage, type Stage } from '../../stores/stage.ts'
import { HeadPages, type Question } from './head-pages.ts'

/** While a thousand cards are brought in, the list is not asked for a thousand times. */
const PAUSE_MS = 60

/** The characters that are asked for, kept in step with the server. */
export function useTroupe(question: Ref<Question>) {
  const stage = useStage()
  const library = useLibrary()
  const { client } = stage
  const pages = new HeadPages({
    fetch: (page) => client.request('get_character_heads', page),
    keep: (heads) => library.putHeads(heads),
  })
  watch(question, (asked) => void pages.ask(asked), { immediate: client.isOpen })
  const { tags, load } = useTags(stage)
  const refresh = (): void => {
    void pages.refresh()
    load()
  }
  const refreshSoon = soon(stage, refresh)
  const stops = [
    ...CHARACTER_CHANGES.map((type) => client.on(type, refreshSoon)),
    client.on('ready', () => {
      void pages.ask(question.value)
      load()
    }),
  ]
  onScopeDispose(() => {
    for (const stop of stops) stop()
  })
  return { pages, tags }
}

/** At once if it is quiet, a little later while much is going on. */
function soon({ clock }: Stage, run: () => void): () => void {
  let isResting = false
  let isWanted = false
  const rest = (): void => {
    isResting = true
    clock.after(PAUSE_MS, () => {
      isResting = false
      if (!isWanted) return
      isWanted = false
      run()
      rest()
    })
  }
  return () => {
    if (isResting) {
      isWanted = true
      return
    }
    run()
    rest()
  }
}

/** All tags there are, most used first. */
function useTags({ client }: Stage) {
  const tags = shallowRef<readonly TagCount[]>([])
  const fetchTags = async (): Promise<void> => {
    tags.value = await client.request('get_tags', {})
  }
  // Asked for again when the line is open again.
  const load = (): void => void fetchTags().catch(() => {})
  if (client.isOpen) load()
  return { tags, load }
}
