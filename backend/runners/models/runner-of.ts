import { type RunnerInfo } from '#shared/entities.ts'
import { AppError } from '../../errors.ts'
import { type RunnerService } from '../contract.ts'

type Offer = RunnerInfo['offers'][number]

/**
 * The runner that is to do something.
 * @param name absent: the first that does it.
 * @throws AppError `not_found`; `engine_rejected` if that one is for something else.
 */
export function runnerOf(
  service: Pick<RunnerService, 'find' | 'overview'>,
  name: string | undefined,
  offer: Offer,
): RunnerInfo {
  const runner = name === undefined ? runnersFor(service, offer)[0] : service.find(name)
  if (!runner) {
    const sentence = name === undefined ? `No runner does ${offer}` : `There is no runner "${name}"`
    throw new AppError('not_found', `${sentence}: add one to the runners file`)
  }
  if (runner.offers.includes(offer)) return runner
  const does = runner.offers.join(', ')
  throw new AppError('engine_rejected', `The runner "${runner.id}" does ${does}, not ${offer}`)
}

export function runnersFor(service: Pick<RunnerService, 'overview'>, offer: Offer): RunnerInfo[] {
  return service.overview().runners.filter(({ offers }) => offers.includes(offer))
}
