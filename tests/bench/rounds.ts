import { type NoiseProbe } from './noise.ts'

export interface RoundSettings {
  readonly count: number
  /** How many void rounds of a scenario may be repeated. */
  readonly repeats: number
  readonly probe: Pick<NoiseProbe, 'isQuiet'>
}

export interface Rounds<Result> {
  readonly results: readonly Result[]
  /** Some of the results are from rounds with noise before, after or in them. */
  readonly isNoisy: boolean
}

/**
 * Runs rounds; one with noise right before or after it is void and repeated, as long as there are repeats left.
 * @param isVoid whether a result itself shows that it is worth nothing.
 */
export async function inRounds<Result>(
  settings: RoundSettings,
  round: () => Promise<Result>,
  isVoid: (result: Result) => boolean = () => false,
): Promise<Rounds<Result>> {
  const results: Result[] = []
  let { repeats } = settings
  let isNoisy = false
  let wasQuiet = await settings.probe.isQuiet()
  while (results.length < settings.count) {
    const result = await round()
    const isQuiet = await settings.probe.isQuiet()
    const isGood = wasQuiet && isQuiet && !isVoid(result)
    wasQuiet = isQuiet
    if (!isGood && repeats > 0) {
      repeats -= 1
      continue
    }
    isNoisy ||= !isGood
    results.push(result)
  }
  return { results, isNoisy }
}
