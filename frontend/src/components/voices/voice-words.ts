import { t } from '../../i18n/index.ts'
import { differences, type VoiceForm } from './voice-form.ts'

/** What the fields of a voice are called. */
const labels = (): Record<keyof VoiceForm, string> => ({
  name: t('voices.form.name'),
  method: t('voices.anyEngine'),
  engineVoice: t('voices.form.engineVoice'),
  speed: t('voices.form.speed'),
  pitch: t('voices.form.pitch'),
  formant: t('voices.form.formant'),
  style: t('voices.form.style'),
  description: t('voices.form.description'),
  scene: t('voices.form.scene'),
  refAudio: t('voices.clone.title'),
  refText: t('voices.clone.text'),
})

/** Where two versions of a voice differ, for people. */
export function conflictFields(mine: VoiceForm, theirs: VoiceForm) {
  return differences(mine, theirs).map((key) => ({
    key,
    label: labels()[key],
    mine: String(mine[key]),
    theirs: String(theirs[key]),
  }))
}
