import { useStorage, watchDebounced } from '@vueuse/core'
import { computed, reactive } from 'vue'
import { type LocationQuery, type LocationQueryValue, useRoute, useRouter } from 'vue-router'
import { CharacterSort } from '#shared/protocol/library.ts'
import { type Question } from './head-pages.ts'

const ADDRESS_PAUSE_MS = 300

/** How a tag narrows the list: only with it, only without it, or not at all. */
export type TagChoice = 'with' | 'without' | null

/** What is looked for in the library: in the address, so that it can be kept, shared and come back to. */
export function useQuestion() {
  const route = useRoute()
  const router = useRouter()
  const sort = useStorage<CharacterSort>('troupe.library.sort', 'favourite')
  if (!CharacterSort.safeParse(sort.value).success) sort.value = 'favourite'
  const filter = reactive(filterIn(route.query))
  const question = computed(() => questionOf(filter, sort.value))
  const isNarrowed = computed(
    () => filter.query.trim() !== '' || filter.isFavourites || filter.tags.length + filter.without.length > 0,
  )

  watchDebounced(
    filter,
    () => {
      // Whoever has gone elsewhere meanwhile keeps that address.
      if (route.name === 'characters')
        void router.replace({ query: { ...route.query, ...addressOf(filter) } })
    },
    { debounce: ADDRESS_PAUSE_MS },
  )

  function clear(): void {
    Object.assign(filter, filterIn({}))
  }
  return { filter, sort, question, isNarrowed, clear, ...tagVerbs(filter) }
}

interface Filter {
  query: string
  tags: string[]
  without: string[]
  /** One of the tags is enough. */
  isAny: boolean
  isFavourites: boolean
}

function tagVerbs(filter: Filter) {
  const choiceOf = (tag: string): TagChoice => {
    if (filter.tags.includes(tag)) return 'with'
    return filter.without.includes(tag) ? 'without' : null
  }
  /** With it, without it, either way: one after the other. */
  const turn = (tag: string): void => {
    const choice = choiceOf(tag)
    filter.tags = filter.tags.filter((other) => other !== tag)
    filter.without = filter.without.filter((other) => other !== tag)
    if (choice === null) filter.tags = [...filter.tags, tag]
    if (choice === 'with') filter.without = [...filter.without, tag]
  }
  return { choiceOf, turn }
}

function questionOf(filter: Filter, sort: CharacterSort): Question {
  const query = filter.query.trim()
  return {
    sort,
    ...(query === '' ? {} : { query }),
    ...(filter.tags.length === 0 ? {} : { tags: [...filter.tags] }),
    ...(filter.tags.length > 1 && filter.isAny ? { any_tag: true } : {}),
    ...(filter.without.length === 0 ? {} : { without_tags: [...filter.without] }),
    ...(filter.isFavourites ? { favourites: true } : {}),
  }
}

function filterIn(query: LocationQuery): Filter {
  return {
    query: all(query['q'])[0] ?? '',
    tags: all(query['tag']),
    without: all(query['not']),
    isAny: query['any'] !== undefined,
    isFavourites: query['favourites'] !== undefined,
  }
}

/** What is not looked for is not in the address. */
function addressOf(filter: Filter) {
  return {
    q: filter.query.trim() || undefined,
    tag: filter.tags.length > 0 ? filter.tags : undefined,
    not: filter.without.length > 0 ? filter.without : undefined,
    any: filter.isAny ? null : undefined,
    favourites: filter.isFavourites ? null : undefined,
  }
}

function all(value: LocationQueryValue | LocationQueryValue[] | undefined): string[] {
  return [value].flat().filter((one) => typeof one === 'string')
}
