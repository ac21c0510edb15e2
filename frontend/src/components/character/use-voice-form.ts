import { computed, reactive, ref, watch } from 'vue'
import { useLibrary } from '../../stores/library.ts'
import { fieldsOf, formOf } from './voice-form.ts'

/** A voice being adjusted, and keeping it. */
export function useVoiceForm(voiceId: () => string | null, isOpen: () => boolean) {
  const library = useLibrary()
  const voice = computed(() => library.voices.find((one) => one.voice_id === voiceId()))
  const form = reactive(formOf(undefined))
  const problem = ref('')
  const isSaving = ref(false)

  function fill(): void {
    Object.assign(form, formOf(voice.value))
    problem.value = ''
  }
  watch(isOpen, (open) => open && fill(), { immediate: true })

  /** @returns the id of the voice, or nothing where it could not be kept. */
  async function save(): Promise<string | null> {
    problem.value = form.name.trim() ? '' : 'A voice needs a name.'
    if (problem.value) return null
    isSaving.value = true
    try {
      const kept = voice.value
        ? await library.updateVoice({ voice_id: voice.value.voice_id, ...fieldsOf(form) })
        : await library.createVoice(fieldsOf(form))
      return kept.voice_id
    } catch {
      problem.value = 'The voice could not be kept. The old one still stands; try again in a moment.'
      return null
    } finally {
      isSaving.value = false
    }
  }

  return { voice, form, problem, isSaving, save }
}
