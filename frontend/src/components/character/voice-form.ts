import { type Voice, type VoiceSettings } from '#shared/entities.ts'

/** What the sliders hold. */
export type VoiceForm = { name: string; engineVoice: string; speed: number; pitch: number; formant: number }

/** A form filled from a voice; without one, as recorded. */
export function formOf(voice: Voice | undefined): VoiceForm {
  const settings = voice?.settings ?? {}
  return {
    name: voice?.voice_name ?? '',
    engineVoice: settings.engine_voice ?? '',
    speed: settings.speed ?? 1,
    pitch: settings.pitch ?? 1,
    formant: settings.formant ?? 1,
  }
}

export function fieldsOf(form: VoiceForm): { voice_name: string; settings: VoiceSettings } {
  const { speed, pitch, formant } = form
  const engineVoice = form.engineVoice.trim()
  return {
    voice_name: form.name.trim(),
    settings: { speed, pitch, formant, ...(engineVoice ? { engine_voice: engineVoice } : {}) },
  }
}
