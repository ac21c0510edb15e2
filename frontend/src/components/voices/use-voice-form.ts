import { computed, onScopeDispose, watch } from 'vue'
import { type VoiceDraft } from '#shared/entities.ts'
import { t } from '../../i18n/index.ts'
import { useLibrary } from '../../stores/library.ts'
import { useShell } from '../../stores/shell.ts'
import { VoiceKeeper } from './voice-keeper.ts'

/**
 * A voice being changed, and keeping it. What is changed elsewhere shows here too as long as nothing is changed here;
 * else both versions are shown when it is to be kept.
 * @param voiceId null for a voice that is still to be made.
 */
export function useVoiceForm(voiceId: string | null, beginning?: VoiceDraft) {
  const library = useLibrary()
  const shell = useShell()
  const stored = computed(() => library.voices.find((one) => one.voice_id === voiceId))
  const keeper = new VoiceKeeper({
    stored,
    beginning,
    create: (draft) => library.createVoice(draft),
    update: (patch) => library.updateVoice(patch),
  })
  const { form, problem, isSaving, isDirty, conflict } = keeper
  watch(stored, (now, before) => {
    if (now !== undefined && (before === undefined || !isDirty.value)) keeper.begin()
  })
  // Nothing that was changed is lost without a word when the page is left.
  onScopeDispose(() => {
    if (stored.value === undefined || !isDirty.value || conflict.value !== null) return
    void keeper
      .save()
      .then((kept) => shell.say(t(kept === null ? 'voices.form.notSaved' : 'voices.form.leaving')))
  })
  return {
    stored,
    form,
    problem,
    isSaving,
    isDirty,
    conflict,
    save: () => keeper.save(),
    resolve: (theirs: readonly string[]) => keeper.resolve(theirs),
    discard: () => keeper.begin(),
  }
}
