import { defineStore } from 'pinia'
import { type Lorebook, type LorebookHead, type Persona } from '#shared/entities.ts'
import { type RequestInput } from '#shared/protocol/requests.ts'
import { Shelf } from './shelf.ts'
import { useStage } from './stage.ts'

/** Personas and lorebooks, kept in step with the server. All verbs throw RequestError. */
export const useBackstage = defineStore('backstage', () => {
  const { client } = useStage()
  const personas = new Shelf<Persona>(({ persona_id }) => persona_id)
  const lorebooks = new Shelf<LorebookHead>(({ lorebook_id }) => lorebook_id)

  async function load(): Promise<void> {
    const [allPersonas, allBooks] = await Promise.all([
      client.request('get_personas', {}),
      client.request('get_lorebooks', {}),
    ])
    personas.items.value = allPersonas
    lorebooks.items.value = allBooks
  }
  // A broken line loads anew with the next `ready`.
  const loadQuietly = (): void => void load().catch(() => {})

  const putPersona = (persona: Persona): void => {
    personas.put(persona)
    // At most one is the default, and only this change is told.
    if (!persona.is_default) return
    personas.items.value = personas.items.value.map((other) =>
      other.persona_id === persona.persona_id ? other : { ...other, is_default: false },
    )
  }
  client.on('persona_created', ({ data }) => putPersona(data))
  client.on('persona_updated', ({ data }) => putPersona(data))
  client.on('persona_deleted', ({ data }) => personas.remove(data.persona_id))
  client.on('lorebook_created', ({ data }) => lorebooks.put(headOf(data)))
  client.on('lorebook_updated', ({ data }) => lorebooks.put(headOf(data)))
  client.on('lorebook_deleted', ({ data }) => lorebooks.remove(data.lorebook_id))
  client.on('ready', loadQuietly)
  if (client.isOpen) loadQuietly()

  return {
    personas: personas.items,
    /** Without their entries. */
    lorebooks: lorebooks.items,
    createPersona: (draft: RequestInput<'create_persona'>) => client.request('create_persona', draft),
    updatePersona: (patch: RequestInput<'update_persona'>) => client.request('update_persona', patch),
    deletePersona: (persona_id: string) => client.request('delete_persona', { persona_id }),
    getLorebook: (lorebook_id: string) => client.request('get_lorebook', { lorebook_id }),
    createLorebook: (draft: RequestInput<'create_lorebook'>) => client.request('create_lorebook', draft),
    deleteLorebook: (lorebook_id: string) => client.request('delete_lorebook', { lorebook_id }),
  }
})

function headOf({ entries, ...head }: Lorebook): LorebookHead {
  return { ...head, entry_count: entries.length }
}
