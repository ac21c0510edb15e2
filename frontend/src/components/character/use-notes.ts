import { onScopeDispose, shallowRef } from 'vue'
import { type Note } from '#shared/entities.ts'
import { t } from '../../i18n/index.ts'
import { Shelf } from '../../stores/shelf.ts'
import { useShell } from '../../stores/shell.ts'
import { useStage } from '../../stores/stage.ts'

const MOST_NOTES = 500

/** What a character keeps in mind across conversations, newest first, kept in step with the server. */
export function useNotes(characterId: string) {
  const { client } = useStage()
  const shell = useShell()
  const notes = new Shelf<Note>(({ note_id }) => note_id)
  const isLoaded = shallowRef(false)
  const isMine = (note: Note) => note.character_id === characterId
  const stops = [
    client.on('note_created', ({ data }) => isMine(data) && notes.putFirst(data)),
    client.on('note_updated', ({ data }) => isMine(data) && notes.put(data)),
    client.on('note_deleted', ({ data }) => notes.remove(data.note_id)),
    client.on('ready', () => void load()),
  ]
  onScopeDispose(() => {
    for (const stop of stops) stop()
  })

  async function load(): Promise<void> {
    try {
      notes.items.value = await client.request('get_notes', { character_id: characterId, limit: MOST_NOTES })
      isLoaded.value = true
    } catch {
      // Asked for again when the line is open again.
    }
  }
  void load()

  /** @returns whether it is kept. */
  async function attempt(work: Promise<unknown>): Promise<boolean> {
    try {
      await work
      return true
    } catch {
      shell.say(t('library.notes.failed'))
      return false
    }
  }

  return {
    notes: notes.items,
    isLoaded,
    add: (text: string) => attempt(client.request('create_note', { character_id: characterId, text })),
    change: (note_id: string, text: string) => attempt(client.request('update_note', { note_id, text })),
    remove: (note_id: string) => attempt(client.request('delete_note', { note_id })),
  }
}
