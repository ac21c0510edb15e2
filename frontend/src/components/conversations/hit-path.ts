import { type RouteLocationRaw } from 'vue-router'
import { type SearchHit } from '#shared/entities.ts'

/** Where what was found can be seen. */
export function pathOf(hit: SearchHit): RouteLocationRaw {
  if (hit.kind === 'character') return `/characters/${hit.id}`
  if (hit.kind === 'conversation') return `/c/${hit.id}`
  if (hit.kind === 'message') return { path: `/c/${hit.conversation_id ?? ''}`, query: { m: hit.id } }
  // A lorebook of a character is edited with it.
  return hit.character_id ? `/characters/${hit.character_id}` : '/characters'
}
