import { VoiceDraft, type Voice } from '#shared/entities.ts'

/** What the fields of a voice hold. */
export interface VoiceForm {
  name: string
  method: string
  /** '' is the engine's first. */
  engineVoice: string
  speed: number
  pitch: number
  formant: number
  style: string
  description: string
  scene: string
  /** Address of the recording it sounds like; '' for none. */
  refAudio: string
  refText: string
}

/** A form filled from a voice; without one, as recorded. */
export function formOf(given: VoiceDraft | undefined): VoiceForm {
  const voice = given ?? VoiceDraft.parse({ voice_name: 'New' })
  const { settings } = voice
  return {
    name: given?.voice_name ?? '',
    method: voice.method,
    engineVoice: settings.engine_voice ?? '',
    speed: settings.speed ?? 1,
    pitch: settings.pitch ?? 1,
    formant: settings.formant ?? 1,
    style: settings.style ?? '',
    description: voice.speaker_desc,
    scene: voice.scene_prompt,
    refAudio: voice.ref_audio ?? '',
    refText: voice.ref_text ?? '',
  }
}

/** What is kept of a form. Numbers are left out where they change nothing, so that an engine's own default holds. */
export function fieldsOf(form: VoiceForm): VoiceDraft {
  const engineVoice = form.engineVoice.trim()
  const style = form.style.trim()
  const number = (name: 'speed' | 'pitch' | 'formant') => (form[name] === 1 ? {} : { [name]: form[name] })
  return {
    voice_name: form.name.trim(),
    method: form.method,
    settings: {
      ...number('speed'),
      ...number('pitch'),
      ...number('formant'),
      ...(engineVoice === '' ? {} : { engine_voice: engineVoice }),
      ...(style === '' ? {} : { style }),
    },
    ref_audio: form.refAudio === '' ? null : form.refAudio,
    ref_text: form.refText.trim() === '' ? null : form.refText.trim(),
    speaker_desc: form.description.trim(),
    scene_prompt: form.scene.trim(),
  }
}

/** The fields in which two forms differ. */
export function differences(one: VoiceForm, other: VoiceForm): (keyof VoiceForm)[] {
  return FIELDS.filter((field) => one[field] !== other[field])
}

/** A voice as another one of its kind, to be changed. */
export function copyOf(voice: Voice, name: string): VoiceDraft {
  return VoiceDraft.parse({ ...voice, voice_name: name.slice(0, 200) })
}

const FIELDS = [
  'name',
  'method',
  'engineVoice',
  'speed',
  'pitch',
  'formant',
  'style',
  'description',
  'scene',
  'refAudio',
  'refText',
] as const
