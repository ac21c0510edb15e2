import { computed, ref, shallowRef } from 'vue'
import { type EngineVoice, type VoiceEngine } from '#shared/protocol/voices.ts'
import { voiceEngines } from './voice-api.ts'

const engines = shallowRef<readonly VoiceEngine[]>([])
const isLoading = ref(false)
const problem = ref('')

/** The engines that are running, and their voices: asked for once, and again on demand. */
export function useVoiceEngines() {
  async function load(): Promise<void> {
    if (isLoading.value) return
    isLoading.value = true
    problem.value = ''
    try {
      engines.value = await voiceEngines()
    } catch (error) {
      problem.value = error instanceof Error ? error.message : ''
    }
    isLoading.value = false
  }
  if (engines.value.length === 0) void load()
  const running = computed(() => engines.value[0])
  return {
    running,
    isLoading,
    problem: computed(() => problem.value || (running.value?.problem ?? '')),
    load,
  }
}

/** The language of a voice in the reader's own, e.g. `English (United States)`. */
export function languageName(language: string, reader: string): string {
  try {
    return new Intl.DisplayNames([reader], { type: 'language' }).of(language) ?? language
  } catch {
    return language
  }
}

export function matches(voice: EngineVoice, query: string): boolean {
  const text = [voice.id, voice.name, voice.language, voice.gender, voice.description].join(' ').toLowerCase()
  return query
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word))
}
