import { lineOfRow } from '../line.ts'
import { type Scenario } from '../scenario.ts'
import { benchSentences } from '../sentences.ts'

/** B1 to B4: how replies are cut into sentences. */
export const sentences: Scenario = {
  name: 'sentences',
  run: async () => (await benchSentences()).map(lineOfRow),
}
