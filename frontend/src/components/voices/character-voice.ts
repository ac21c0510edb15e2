import { computed, ref, shallowRef } from 'vue'
import { type Character, type Speaking } from '#shared/entities.ts'
import { type RequestInput } from '#shared/protocol/requests.ts'
import { isConflict } from './voice-keeper.ts'

/** What the voice tab changes of a character. */
export interface CharacterVoice {
  voiceId: string | null
  speaking: Speaking
}

/** Of the one character whose voice it is. */
export interface CharacterVerbs {
  readonly load: () => Promise<Character>
  readonly update: (patch: RequestInput<'update_character'>) => Promise<Character>
}

export type VoiceTabState = 'saved' | 'saving' | 'failed' | 'conflict'

/**
 * The voice of a character, as it is being changed and as it is kept. What else of the character changes elsewhere is no
 * conflict; where its voice was changed, that version is shown, and one's own can be had back.
 */
export class CharacterVoiceKeeper {
  readonly form = ref<CharacterVoice | null>(null)
  readonly state = ref<VoiceTabState>('saved')
  readonly isChanged = computed(
    () => this.form.value !== null && !isSame(this.form.value, this.#stored.value),
  )
  readonly #stored = shallowRef<Character | null>(null)
  readonly #verbs: CharacterVerbs
  /** What was to be kept when somebody else was faster. */
  #mine: CharacterVoice | null = null

  constructor(verbs: CharacterVerbs) {
    this.#verbs = verbs
  }

  /** The character as it is stored now. What is changed here stays. */
  take(character: Character): void {
    const { value: before } = this.#stored
    const { value: form } = this.form
    const isChanged = this.isChanged.value
    const isVoiceNew = before !== null && !isSame(voiceOf(before), character)
    // Changed here and there: what we began from stays, so that keeping ours is refused and both are seen.
    if (isChanged && isVoiceNew && form !== null && !isSame(form, character)) return
    this.#stored.value = character
    if (!isChanged) this.form.value = voiceOf(character)
  }

  async keep(): Promise<void> {
    const [stored, wanted] = [this.#stored.value, this.form.value]
    if (stored === null || wanted === null || isSame(wanted, stored)) return
    this.state.value = 'saving'
    try {
      this.#stored.value = await this.#verbs.update(patchOf(stored, wanted))
      this.state.value = 'saved'
    } catch (error) {
      if (isConflict(error)) await this.#meet(stored, wanted)
      else this.state.value = 'failed'
    }
  }

  async keepMine(): Promise<void> {
    if (this.#mine === null) return
    this.form.value = this.#mine
    this.#mine = null
    await this.keep()
  }

  /** Somebody else changed the character. If it was not its voice, ours is kept on top. */
  async #meet(before: Character, wanted: CharacterVoice): Promise<void> {
    try {
      const now = await this.#verbs.load()
      this.#stored.value = now
      if (isSame(voiceOf(before), now)) return await this.keep()
      this.#mine = wanted
      this.form.value = voiceOf(now)
      this.state.value = 'conflict'
    } catch {
      this.state.value = 'failed'
    }
  }
}

function voiceOf({ voice_id, speaking }: Character): CharacterVoice {
  return { voiceId: voice_id, speaking: structuredClone(speaking) }
}

/** A row of the dictionary that is still being written is not a word yet. */
function written({ speaking }: CharacterVoice): Speaking {
  const words = speaking.pronunciations.map((word) => ({
    written: word.written.trim(),
    spoken: word.spoken.trim(),
  }))
  return { ...speaking, pronunciations: words.filter((word) => word.written !== '') }
}

function isSame(voice: CharacterVoice, character: Character | null): boolean {
  return (
    voice.voiceId === character?.voice_id &&
    JSON.stringify(written(voice)) === JSON.stringify(character.speaking)
  )
}

function patchOf({ id, revision }: Character, voice: CharacterVoice) {
  return { id, revision, voice_id: voice.voiceId, speaking: written(voice) }
}
