import { Listeners } from '../socket/listeners.ts'
import { PLAYBACK_PROCESSOR, type PlaybackCommand } from './playback-messages.ts'
import { type PlaybackReport, type PlayedPosition } from './playback-queue.ts'
import { isTapWanted, tapInto } from './tap.ts'
import { worklets } from './worklets.ts'

/** The loudspeaker as the rest of the page knows it. */
export interface Playback {
  send(command: PlaybackCommand): void
  /** Reports come every 50 ms while there is sound, and at once when a stream ends. Positions are what was heard. */
  onReport(listener: (report: PlaybackReport) => void): () => void
}

/** Plays through an AudioWorklet, at whatever rate the device has. */
export class Player implements Playback {
  readonly #reports = new Listeners<PlaybackReport>()
  readonly #suspended = new Listeners<boolean>()
  #context: AudioContext | undefined
  #node: AudioWorkletNode | undefined
  /** What leads to the loudspeaker, once it stands. */
  #way: Promise<AudioNode> | undefined
  /** What was told before the worklet stood. */
  #backlog: PlaybackCommand[] = []
  #sinkId = 'default'
  /** Asked at once: the address soon becomes that of the conversation. */
  readonly #isTapped = isTapWanted()

  onReport(listener: (report: PlaybackReport) => void): () => void {
    return this.#reports.add(listener)
  }

  /** Tells whether the system holds all sound back, as during a telephone call. */
  onSuspended(listener: (isSuspended: boolean) => void): () => void {
    return this.#suspended.add(listener)
  }

  send(command: PlaybackCommand): void {
    if (this.#node === undefined) this.#backlog.push(command)
    else this.#node.port.postMessage(command)
    // A context opened by a key that is no gesture (Tab) still sleeps; by now the page may sound.
    if (command.type === 'start') this.unlock()
  }

  /** To be called in a user's gesture, before which browsers keep a page silent. */
  unlock(): void {
    if (this.#context === undefined) this.#open()
    if (this.#context !== undefined && this.#context.state !== 'running') void this.#context.resume()
  }

  /** A second way in to the same loudspeaker, for what belongs to no conversation. Its turns are counted apart. */
  async openAside(): Promise<Playback> {
    this.unlock()
    const way = await this.#way
    if (way === undefined) throw new Error('Cannot play: there is no loudspeaker')
    const reports = new Listeners<PlaybackReport>()
    const node = openNode(way.context, (report) => reports.tell(report))
    node.connect(way)
    return {
      send: (command) => node.port.postMessage(command),
      onReport: (listener) => reports.add(listener),
    }
  }

  get canChooseOutput(): boolean {
    return 'setSinkId' in AudioContext.prototype
  }

  /** @throws DOMException if the device is gone. */
  async chooseOutput(deviceId: string): Promise<void> {
    this.#sinkId = deviceId
    await this.#context?.setSinkId?.(deviceId === 'default' ? '' : deviceId)
  }

  #open(): void {
    const context = new AudioContext({ latencyHint: 'interactive' })
    this.#context = context
    context.addEventListener('statechange', () => {
      this.#suspended.tell(context.state !== 'running')
    })
    this.#way = this.#build(context)
    this.#way.catch((error: unknown) => reportError(error))
  }

  async #build(context: AudioContext): Promise<AudioNode> {
    if (this.#sinkId !== 'default') await this.chooseOutput(this.#sinkId).catch(() => {})
    await context.audioWorklet.addModule(worklets.playbackUrl)
    const node = openNode(context, (report) => this.#reports.tell(asHeard(report, context.outputLatency)))
    const way = new GainNode(context)
    const last = this.#isTapped ? await tapInto(way) : way
    last.connect(context.destination)
    node.connect(way)
    this.#node = node
    for (const command of this.#backlog) node.port.postMessage(command)
    this.#backlog = []
    return way
  }
}

function openNode(context: BaseAudioContext, onReport: (report: PlaybackReport) => void): AudioWorkletNode {
  const node = new AudioWorkletNode(context, PLAYBACK_PROCESSOR, {
    numberOfInputs: 0,
    outputChannelCount: [1],
  })
  node.port.addEventListener('message', (event: MessageEvent<PlaybackReport>) => onReport(event.data))
  node.port.start()
  return node
}

/**
 * What was rendered takes the output latency to be heard. What was cut off or played to its end is past recall:
 * it will be heard, so it counts.
 * @param latencySeconds not known by every browser.
 */
export function asHeard(report: PlaybackReport, latencySeconds: number | undefined): PlaybackReport {
  const heard = (position: PlayedPosition): PlayedPosition => {
    const pending = position.isFinal ? 0 : Math.ceil((latencySeconds ?? 0) * position.sampleRate)
    return { ...position, samples: Math.max(0, position.samples - pending) }
  }
  return { ...report, positions: report.positions.map(heard) }
}
