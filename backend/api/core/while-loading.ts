import { Channel } from '../../lib/channel.ts'
import { type GenerateEvent } from './contract.ts'
import { type LocalModels } from './local-models.ts'

interface Progress {
  readonly progress: number | undefined
}

/** The events of a model on this machine, and before them how far it is with being loaded. */
export async function* whileLoading<Event extends object>(
  service: Pick<LocalModels['service'], 'onChange'>,
  runnerId: string,
  events: AsyncIterable<Event>,
): AsyncGenerator<Event | Extract<GenerateEvent, { type: 'load' }>> {
  using progress = new Channel<Progress>({ capacity: 16 })
  const stopListening = service.onChange((change) => {
    if (change.type !== 'runner' || change.runner.id !== runnerId) return
    if (change.runner.state === 'starting') progress.trySend({ progress: change.runner.progress })
  })
  const iterator = events[Symbol.asyncIterator]()
  const first = iterator.next()
  // It is awaited below, where its failure is told.
  first.then(
    () => progress.close(),
    () => progress.close(),
  )
  try {
    yield { type: 'load' }
    for await (const { progress: done } of progress) {
      yield { type: 'load', ...(done === undefined ? {} : { progress: done }) }
    }
    for (let next = await first; next.done !== true; next = await iterator.next()) yield next.value
  } finally {
    stopListening()
    await iterator.return?.()
  }
}
