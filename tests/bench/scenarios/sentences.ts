import { type Line, lineOfRow } from '../line.ts'
import { inRounds } from '../rounds.ts'
import { type Effort, type Scenario } from '../scenario.ts'
import { benchSentences } from '../sentences.ts'

/** B1 to B4: how replies are cut into sentences. Only what it costs depends on the machine. */
export const sentences: Scenario = { name: 'sentences', run }

async function run({ rounds }: Effort): Promise<readonly Line[]> {
  // It has rounds of its own for what it times.
  const { results, isNoisy } = await inRounds({ ...rounds, count: 1 }, () => benchSentences())
  return results.flat().map((row) => {
    const line = lineOfRow(row)
    return isNoisy && row.metric.startsWith('CPU') ? { ...line, verdict: 'machine too noisy' } : line
  })
}
