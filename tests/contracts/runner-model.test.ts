import { systemClock } from '../../backend/lib/clock.ts'
import { RunnerModel } from '../../backend/runners/models/runner-model.ts'
import { realRunners } from '../support/real-runners.ts'
import { describeLanguageModel, type LanguageModelHarness } from './language-model.ts'

const SENTENCE = 'The curtain rises, and for a moment nobody in the whole house breathes at all.'
const PACED = { FAKE_WORDS: SENTENCE, FAKE_TOKEN_MS: '10' }

describeLanguageModel({
  name: 'a runner',
  open: () => open({ env: PACED }),
  faults: [
    {
      name: 'a crash in the middle',
      code: 'engine_failed',
      open: () => open({ env: { FAKE_DIE_AFTER_TOKENS: '3' } }),
    },
    {
      name: 'a start that fails',
      code: 'engine_unavailable',
      open: () => open({ env: { FAKE_DIE_LOADING: 'error: out of memory' } }),
    },
    {
      name: 'a model that never answers',
      code: 'engine_timeout',
      open: () => open({ env: { FAKE_HANG: '1' } }, 400),
    },
  ],
})

async function open(runner: object, firstTokenTimeoutMs = 20_000): Promise<LanguageModelHarness> {
  const real = await realRunners({ nova: { parallel: 32, stop_grace_s: 0.5, ...runner } })
  const model = new RunnerModel({
    service: real.runners,
    clock: systemClock,
    config: () => undefined,
    firstTokenTimeoutMs,
    tokenTimeoutMs: 20_000,
  })
  return {
    model,
    openCalls: () => real.runners.find('nova')?.active ?? 0,
    async [Symbol.asyncDispose]() {
      await model[Symbol.asyncDispose]()
      await real[Symbol.asyncDispose]()
    },
  }
}
