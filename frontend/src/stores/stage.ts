import { inject, type InjectionKey } from 'vue'
import { type Capture } from '../audio/microphone.ts'
import { type Playback } from '../audio/player.ts'
import { type Clock } from '../socket/clock.ts'
import { type SocketClient } from '../socket/socket-client.ts'

/** The loudspeaker's switches. */
export interface Output {
  readonly canChooseOutput: boolean
  /** To be called in a user's gesture, before which browsers keep a page silent. */
  unlock(): void
  /** @throws DOMException if the device is gone. */
  chooseOutput(deviceId: string): Promise<void>
  /** A second way in to the loudspeaker, for what belongs to no conversation. */
  openAside(): Promise<Playback>
  onSuspended(listener: (isSuspended: boolean) => void): () => void
}

/** What the stores work with, made once in `main.ts`. */
export interface Stage {
  readonly client: SocketClient
  readonly clock: Clock
  readonly playback: Playback
  readonly output: Output
  readonly microphone: Capture
  /** Ids of the characters who are not to be heard here. */
  readonly mutedVoices: Set<string>
}

export const stageKey: InjectionKey<Stage> = Symbol('stage')

/** @throws Error outside of an app that provides a stage. */
export function useStage(): Stage {
  const stage = inject(stageKey)
  if (stage === undefined) throw new Error('Cannot use a store: the app provides no stage')
  return stage
}
