import { createPinia } from 'pinia'
import { createApp } from 'vue'
import { type ServerEvent } from '#shared/protocol/events.ts'
import { type CapturedFrame } from '../../../frontend/src/audio/capture-framer.ts'
import { type Capture } from '../../../frontend/src/audio/microphone.ts'
import { linkPlayback } from '../../../frontend/src/audio/playback-link.ts'
import { type PlaybackCommand } from '../../../frontend/src/audio/playback-messages.ts'
import { type PlaybackReport, type PlayedPosition } from '../../../frontend/src/audio/playback-queue.ts'
import { type Playback } from '../../../frontend/src/audio/player.ts'
import { Listeners } from '../../../frontend/src/socket/listeners.ts'
import { stageKey, type Output, type Stage } from '../../../frontend/src/stores/stage.ts'
import { createClient, readyEvent } from './fake-server.ts'

/** A loudspeaker that plays when it is told how far it has got. */
export class FakePlayback implements Playback, Output {
  readonly commands: PlaybackCommand[] = []
  readonly canChooseOutput = true
  readonly suspended = new Listeners<boolean>()
  readonly #reports = new Listeners<PlaybackReport>()

  send(command: PlaybackCommand): void {
    this.commands.push(command)
  }

  onReport(listener: (report: PlaybackReport) => void): () => void {
    return this.#reports.add(listener)
  }

  onSuspended(listener: (isSuspended: boolean) => void): () => void {
    return this.suspended.add(listener)
  }

  unlock(): void {}

  async openAside(): Promise<Playback> {
    return this
  }

  async chooseOutput(): Promise<void> {}

  /** Sound is being heard. */
  played(epoch: number, stream: number, samples: number): void {
    const position = { epoch, stream, samples, sampleRate: 16_000, isFinal: false }
    this.#report([position], { epoch, stream })
  }

  /** A stream has come to its end. */
  finished(epoch: number, stream: number, samples: number): void {
    this.#report([{ epoch, stream, samples, sampleRate: 16_000, isFinal: true }], null)
  }

  #report(positions: readonly PlayedPosition[], playing: PlaybackReport['playing']): void {
    this.#reports.tell({ positions, playing, level: playing === null ? 0 : 0.1, underruns: 0, dropped: 0 })
  }
}

export class FakeMicrophone implements Capture {
  readonly frames = new Listeners<CapturedFrame>()
  readonly lost = new Listeners<string>()
  readonly held = new Listeners<boolean>()
  isOpen = false
  failure: Error | undefined

  async open(): Promise<void> {
    if (this.failure !== undefined) throw this.failure
    this.isOpen = true
  }

  close(): void {
    this.isOpen = false
  }

  onFrame(listener: (frame: CapturedFrame) => void): () => void {
    return this.frames.add(listener)
  }

  onLost(listener: (words: string) => void): () => void {
    return this.lost.add(listener)
  }

  onHeld(listener: (isHeld: boolean) => void): () => void {
    return this.held.add(listener)
  }

  /** One frame of 20 ms, told apart by its first sample. */
  hear(mark = 1): void {
    const pcm = new Int16Array(320)
    pcm[0] = mark
    this.frames.tell({ pcm, level: 0.1 })
  }
}

/** Lets promises that are settled by now tell so. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve()
}

/** An app with stores, a server to play against, and no page. */
export function createStage() {
  const { client, server, clock } = createClient()
  const playback = new FakePlayback()
  const microphone = new FakeMicrophone()
  const mutedVoices = new Set<string>()
  const stage: Stage = { client, clock, playback, output: playback, microphone, mutedVoices }
  linkPlayback({ client, playback, clock, isMuted: (id) => mutedVoices.has(id) })
  const pinia = createPinia()
  createApp({}).provide(stageKey, stage).use(pinia)
  /** Answers the last request of this type. */
  const answer = async (type: string, event: ServerEvent): Promise<void> => {
    server.say({ ...event, id: server.lastSent(type)?.id ?? 'never asked' })
    await settle()
  }
  const open = (): void => {
    client.connect()
    server.accept()
    server.say(readyEvent())
  }
  /** The line breaks and is open again, with a new session, as this server has it. */
  const reconnect = (): void => {
    server.hangUp()
    clock.advance(500)
    server.accept()
    const id = server.lastSent('hello')?.id ?? 'never greeted'
    server.say({ ...readyEvent({ session_id: 'session-2', resume_token: 'resume-2' }), id })
  }
  return { client, server, clock, playback, microphone, pinia, open, answer, settle, reconnect }
}
