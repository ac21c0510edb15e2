import { type HandlersFor } from './handler.ts'

export const personaHandlers: HandlersFor<'persona' | 'personas'> = {
  get_personas: (store) => store.personas.list(),
  get_persona: (store, { persona_id }) => store.personas.get(persona_id),
  create_persona: (store, draft) => store.personas.create(draft),
  update_persona: (store, patch) => store.personas.update(patch),
  async delete_persona(store, { persona_id }) {
    await store.personas.delete(persona_id)
    return { persona_id }
  },
}
