import { load } from 'koffi'
import { type Installation } from './installation.ts'
import { transcriptText } from './transcript-text.ts'

/**
 * Chosen on recorded human speech. A second search pass over the words makes the final text 10 times later and
 * hardly better; its noise removal and its limits are made for other microphones than ours.
 */
const SETTINGS = ['-fwdflat', 'no', '-remove_noise', 'no', '-maxhmmpf', '8000', '-maxwpf', '20']

/**
 * One pocketsphinx decoder. It adapts to its speaker from utterance to utterance. Calls block the thread.
 *
 * Audio outside of an utterance would end the whole process in a C assertion, so this class does not let it through.
 */
export class Decoder implements Disposable {
  readonly #api: ReturnType<typeof bind>
  readonly #decoder: unknown
  #isOpen = false

  /** @throws Error if the library or the model cannot be loaded. */
  constructor(installation: Installation) {
    this.#api = bind(installation)
    const args = ['troupe', ...modelArguments(installation), '-logfn', '/dev/null', ...SETTINGS]
    const config: unknown = this.#api.parse(null, this.#api.args(), args.length, args, 1)
    this.#decoder = config === null ? null : this.#api.init(config)
    if (this.#decoder === null) throw new Error('Cannot load the speech model: pocketsphinx refused it')
  }

  start(): void {
    if (!this.#isOpen) this.#isOpen = this.#api.startUtterance(this.#decoder) === 0
  }

  /** @param pcm 16 kHz. */
  process(pcm: Int16Array): void {
    if (this.#isOpen && pcm.length > 0) this.#api.process(this.#decoder, pcm, pcm.length, 0, 0)
  }

  get isHearingSpeech(): boolean {
    return this.#isOpen && this.#api.isInSpeech(this.#decoder) !== 0
  }

  /** What was heard of this utterance so far; after `end` of the whole. */
  get text(): string {
    const hypothesis: unknown = this.#api.hypothesis(this.#decoder, null)
    return typeof hypothesis === 'string' ? transcriptText(hypothesis) : ''
  }

  end(): void {
    if (!this.#isOpen) return
    this.#isOpen = false
    this.#api.endUtterance(this.#decoder)
  }

  [Symbol.dispose](): void {
    this.end()
    this.#api.free(this.#decoder)
  }
}

function modelArguments({ acousticModel, languageModel, dictionary }: Installation): string[] {
  return ['-hmm', acousticModel, '-lm', languageModel, '-dict', dictionary]
}

function bind({ baseLibrary, library }: Installation) {
  // Its symbols are what the second library is linked against.
  const base = load(baseLibrary, { global: true })
  const sphinx = load(library)
  return {
    args: sphinx.func('void* ps_args()'),
    parse: base.func('void* cmd_ln_parse_r(void*, void*, int, const char**, int)'),
    init: sphinx.func('void* ps_init(void*)'),
    startUtterance: sphinx.func('int ps_start_utt(void*)'),
    process: sphinx.func('int ps_process_raw(void*, int16_t*, size_t, int, int)'),
    isInSpeech: sphinx.func('uint8_t ps_get_in_speech(void*)'),
    hypothesis: sphinx.func('str ps_get_hyp(void*, void*)'),
    endUtterance: sphinx.func('int ps_end_utt(void*)'),
    free: sphinx.func('int ps_free(void*)'),
  }
}
