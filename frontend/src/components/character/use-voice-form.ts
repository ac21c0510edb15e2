import { computed, reactive, ref, watch } from 'vue'
import { useLibrary } from '../../stores/library.ts'

/** A voice being adjusted: what the sliders hold, and keeping it. */
export function useVoiceForm(voiceId: () => string | null, isOpen: () => boolean) {
  const library = useLibrary()
  const voice = computed(() => library.voices.find((one) => one.voice_id === voiceId()))
  const form = reactive({ name: '', engineVoice: '', speed: 1, pitch: 1, formant: 1 })
  const problem = ref('')
  const isSaving = ref(false)

  function fill(): void {
    const settings = voice.value?.settings ?? {}
    Object.assign(form, {
      name: voice.value?.voice_name ?? '',
      engineVoice: settings.engine_voice ?? '',
      speed: settings.speed ?? 1,
      pitch: settings.pitch ?? 1,
      formant: settings.formant ?? 1,
    })
    problem.value = ''
  }
  watch(isOpen, (open) => open && fill(), { immediate: true })

  /** @returns the id of the voice, or nothing where it could not be kept. */
  async function save(): Promise<string | null> {
    if (!form.name.trim()) return fail('A voice needs a name.')
    const fields = {
      voice_name: form.name.trim(),
      settings: { speed: form.speed, pitch: form.pitch, formant: form.formant, ...engineVoice() },
    }
    isSaving.value = true
    try {
      const kept = voice.value
        ? await library.updateVoice({ voice_id: voice.value.voice_id, ...fields })
        : await library.createVoice(fields)
      return kept.voice_id
    } catch {
      return fail('The voice could not be kept. The old one still stands; try again in a moment.')
    } finally {
      isSaving.value = false
    }
  }

  function engineVoice(): { engine_voice?: string } {
    return form.engineVoice.trim() ? { engine_voice: form.engineVoice.trim() } : {}
  }

  function fail(words: string): null {
    problem.value = words
    return null
  }

  return { voice, form, problem, isSaving, save }
}
