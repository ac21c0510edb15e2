import { Config } from '../../../backend/config.ts'
import { type LanguageModel } from '../../../backend/engines/contracts.ts'
import { systemClock } from '../../../backend/lib/clock.ts'
import { deferred } from '../../../backend/lib/deferred.ts'
import { type ClientLink } from '../../../backend/pipeline/client-link.ts'
import { Conversation } from '../../../backend/pipeline/conversation.ts'
import { type Store } from '../../../backend/store/contract.ts'
import { noTools } from '../../fakes/no-tools.ts'
import { memoryStore } from '../../fakes/memory-store.ts'
import { InstantVoice } from './instant-voice.ts'

/** A client that only counts, and calls back at every frame. */
class CountingLink implements ClientLink {
  readonly bufferedBytes = 0
  frames = 0
  onFrame: () => void = () => {}

  send(): void {}

  sendAudio(): void {
    this.frames += 1
    this.onFrame()
  }
}

/** The whole spoken path of one connection, without socket and database. */
export class Call implements AsyncDisposable {
  readonly link = new CountingLink()
  readonly #conversation: Conversation
  #ended = deferred()

  constructor(model: LanguageModel) {
    this.#conversation = new Conversation({
      clock: systemClock,
      link: this.link,
      store: storeOfOne(),
      model,
      synthesizer: new InstantVoice(),
      config: Config.parse({}),
      tools: noTools,
      publish: () => {},
      onError: (error) => {
        throw error
      },
      onTurnEnded: () => this.#ended.resolve(),
    })
  }

  /** Asks something. @returns when the first frame of the answer has left. */
  async firstFrame(): Promise<{ askedAtMs: number; frameAtMs: number }> {
    const arrived = deferred<number>()
    this.link.onFrame = () => arrived.resolve(performance.now())
    this.#ended = deferred()
    const askedAtMs = performance.now()
    this.#conversation.say({ text: 'Where is the boat?', isSpoken: false, isInterrupting: true, askedAtMs })
    return { askedAtMs, frameAtMs: await arrived.promise }
  }

  interrupt(): void {
    this.#conversation.interrupt()
  }

  /** Resolves when what is being said has been heard to its end. */
  get ended(): Promise<void> {
    return this.#ended.promise
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#conversation[Symbol.asyncDispose]()
  }
}

/** Nora answers everything. What was said long ago is left out, as the real store does. */
function storeOfOne(): Store {
  const store = memoryStore(['Nora'])
  const { messages } = store
  const list: Store['messages']['list'] = async (page) =>
    (await messages.list(page)).slice(-(page.limit ?? 100))
  return {
    ...store,
    messages: { ...messages, list },
    seed: unused,
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }
}

function unused(): never {
  throw new Error('Not part of this store')
}
