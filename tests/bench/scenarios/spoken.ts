import { Config } from '../../../backend/config.ts'
import { createEngines } from '../../../backend/engines/registry.ts'
import { systemClock } from '../../../backend/lib/clock.ts'
import { type ProtocolClient } from '../../support/protocol-client.ts'
import { recordings, silence, spoken as synthesised } from '../../support/speech.ts'
import { startTestApp } from '../../support/test-app.ts'
import { type Line, linesOf, skipped } from '../line.ts'
import { inRounds } from '../rounds.ts'
import { type Effort, type Scenario } from '../scenario.ts'
import { withTemporaryFolder } from '../temporary-folder.ts'

/** What the user waits for: real engines, real time, from the end of speech to the first sound at the client. */
export const spoken: Scenario = {
  name: 'spoken',
  run: (effort) => withTemporaryFolder((folder) => run(effort, folder)),
}

const QUESTION = 'Tell me a story about the sea.'
/** Quieter than this is no longer speech. */
const SPEECH_PEAK = 500
const SILENCE_AFTER_MS = 1_200
const ANSWER_WITHIN_MS = 40_000

interface Heard {
  readonly waitMs: number
  /** What the engines say they took themselves. */
  readonly enginesMs: number
}

async function run(effort: Effort, folder: string): Promise<readonly Line[]> {
  const config = Config.parse({})
  const engines = await createEngines(config, systemClock)
  const { stt } = engines.statuses()
  if (!stt.ready) {
    await engines[Symbol.asyncDispose]()
    return [skipped('spoken', stt.detail ?? 'The recogniser is not ready')]
  }
  await using app = await startTestApp({ config, engines, file: `${folder}/spoken.db` })
  const ask = async (speech: Int16Array): Promise<Heard> => {
    await using client = await app.connect()
    return await askAloud(client, withoutSilentEnd(speech), config.end_of_turn_silence_ms)
  }
  const speech = await question(effort)
  await ask(speech) // While this is heard, the recogniser gets ready.
  const { results, isNoisy } = await inRounds(effort.rounds, () => ask(speech))
  const metric = `end of speech → first frame, beyond the ${config.end_of_turn_silence_ms} ms of silence, ms`
  return [
    linesOf('spoken', isNoisy)(
      { metric, floorName: 'the engines’ own share', goal: { p50: 1_000 } },
      results.map(({ waitMs, enginesMs }) => ({ ours: [waitMs], floor: [enginesMs] })),
    ),
  ]
}

/** The shortest recording of a person, where there are recordings and time; else the embedded voice asks. */
async function question({ isQuick }: Effort): Promise<Int16Array> {
  const [shortest] = isQuick ? [] : recordings().toSorted((a, b) => a.samples.length - b.samples.length)
  return shortest?.samples ?? (await synthesised(QUESTION))
}

async function askAloud(client: ProtocolClient, speech: Int16Array, endOfTurnMs: number): Promise<Heard> {
  client.send('start_listening', { mode: 'hands_free' })
  await client.speak(silence(300))
  const { endedAtMs } = await client.speak(speech, { silenceMs: SILENCE_AFTER_MS })
  const frame = await client.until(() => client.frames()[0], 'the answer', ANSWER_WITHIN_MS)
  client.send('interrupt')
  const { data } = await client.event('turn_ended')
  const { transcription_delay = 0, llm_first_sentence = 0, tts_ttfb = 0 } = data.metrics
  return {
    waitMs: frame.atMs - endedAtMs - endOfTurnMs,
    enginesMs: transcription_delay + llm_first_sentence + tts_ttfb,
  }
}

function withoutSilentEnd(speech: Int16Array): Int16Array {
  return speech.subarray(0, speech.findLastIndex((sample) => Math.abs(sample) > SPEECH_PEAK) + 1)
}
