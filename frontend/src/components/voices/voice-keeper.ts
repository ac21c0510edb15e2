import { computed, reactive, ref, shallowRef, type ComputedRef } from 'vue'
import { type Voice, type VoiceDraft } from '#shared/entities.ts'
import { type RequestInput } from '#shared/protocol/requests.ts'
import { t } from '../../i18n/index.ts'
import { RequestError } from '../../socket/request-error.ts'
import { differences, fieldsOf, formOf, type VoiceForm } from './voice-form.ts'

export interface VoiceKeeperOptions {
  /** Undefined for a voice that is still to be made. */
  readonly stored: ComputedRef<Voice | undefined>
  readonly beginning?: VoiceDraft | undefined
  readonly create: (draft: VoiceDraft) => Promise<Voice>
  readonly update: (patch: RequestInput<'update_voice'>) => Promise<Voice>
}

/** A voice being changed: what it began from, what was changed since, what became of it elsewhere meanwhile. */
export class VoiceKeeper {
  readonly form: VoiceForm
  readonly problem = ref('')
  readonly isSaving = ref(false)
  /** The version that somebody else kept first. */
  readonly conflict = shallowRef<VoiceForm | null>(null)
  readonly isDirty = computed(
    () => this.#isNew || differences(this.form, formOf(this.#base.value)).length > 0,
  )
  readonly #options: VoiceKeeperOptions
  readonly #base
  readonly #isNew: boolean

  constructor(options: VoiceKeeperOptions) {
    this.#options = options
    this.#base = shallowRef(options.stored.value)
    this.#isNew = options.stored.value === undefined
    this.form = reactive(formOf(options.stored.value ?? options.beginning))
  }

  /** Shows what is stored. */
  begin(): void {
    const { stored, beginning } = this.#options
    this.#base.value = stored.value
    Object.assign(this.form, formOf(stored.value ?? beginning))
    this.problem.value = ''
  }

  /** @returns the id of the voice, or nothing where it could not be kept. */
  async save(): Promise<string | null> {
    this.problem.value = this.form.name.trim() ? '' : t('voices.form.nameMissing')
    if (this.problem.value !== '') return null
    this.isSaving.value = true
    try {
      this.#base.value = await this.#send()
      return this.#base.value.voice_id
    } catch (error) {
      const { value: stored } = this.#options.stored
      if (isConflict(error) && stored) this.conflict.value = formOf(stored)
      else this.problem.value = t('voices.form.notSaved')
      return null
    } finally {
      this.isSaving.value = false
    }
  }

  /** Goes on from what is stored: with these of its fields in place of ours, and the rest as it is here. */
  async resolve(theirs: readonly string[]): Promise<void> {
    const other = this.conflict.value
    if (other === null) return
    const taken = differences(this.form, other).filter((field) => theirs.includes(field))
    for (const field of taken) Object.assign(this.form, { [field]: other[field] })
    this.conflict.value = null
    this.#base.value = this.#options.stored.value
    if (this.isDirty.value) await this.save()
  }

  #send(): Promise<Voice> {
    const fields = fieldsOf(this.form)
    const base = this.#base.value
    if (base === undefined) return this.#options.create(fields)
    return this.#options.update({ voice_id: base.voice_id, revision: base.revision, ...fields })
  }
}

export function isConflict(error: unknown): boolean {
  return error instanceof RequestError && error.code === 'conflict'
}
