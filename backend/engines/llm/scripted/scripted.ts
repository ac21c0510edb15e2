// Temporary stand-in by the lead; the language model engineer replaces it.
import { type LanguageModel } from '../../contracts.ts'
import { type Clock } from '../../../lib/clock.ts'
export function createScriptedModel(_options: { clock: Clock }): LanguageModel {
  return {
    name: 'scripted',
    status: () => ({ name: 'scripted', ready: true, detail: 'scripted, not a language model' }),
    async *streamReply() {
      for (const w of 'Well hello there, my friend. It is good to hear your voice. What would you like to talk about today?'.split(
        ' ',
      ))
        yield { type: 'text' as const, text: w + ' ' }
      yield { type: 'finish' as const, reason: 'stop' as const }
    },
    [Symbol.asyncDispose]: async () => {},
  }
}
