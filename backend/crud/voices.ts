import { type HandlersFor } from './handler.ts'

export const voiceHandlers: HandlersFor<'voice' | 'voices'> = {
  get_voices: (store) => store.voices.list(),
  get_voice: (store, { voice_id }) => store.voices.get(voice_id),
  create_voice: (store, draft) => store.voices.create(draft),
  update_voice: (store, patch) => store.voices.update(patch),
  async delete_voice(store, { voice_id }) {
    await store.voices.delete(voice_id)
    return { voice_id }
  },
}
