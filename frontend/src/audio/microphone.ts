import { MICROPHONE_SAMPLE_RATE } from '#shared/audio.ts'
import { Listeners } from '../socket/listeners.ts'
import { type CapturedFrame } from './capture-framer.ts'
import { CAPTURE_PROCESSOR, type CaptureOptions } from './capture-messages.ts'
import { microphoneError, unplugged } from './microphone-error.ts'
import { worklets } from './worklets.ts'

/** The microphone as the rest of the page knows it. */
export interface Capture {
  readonly isOpen: boolean
  /**
   * Opens a device, in place of the one that is open.
   * @param deviceId `default` for the one the system prefers.
   * @param processing what the browser does to the sound; everything, if nobody says otherwise.
   * @throws MicrophoneError with words for the user.
   */
  open(deviceId: string, processing?: MicrophoneProcessing): Promise<void>
  /** Really stops the device: the browser's recording light goes out. */
  close(): void
  onFrame(listener: (frame: CapturedFrame) => void): () => void
  /** The device is gone; tells it in words for the user. */
  onLost(listener: (words: string) => void): () => void
  /** The system mutes the device, as during a telephone call, and gives it back. */
  onHeld(listener: (isHeld: boolean) => void): () => void
}

export interface MicrophoneProcessing {
  readonly echoCancellation: boolean
  readonly noiseSuppression: boolean
  readonly autoGainControl: boolean
}

const ALL_PROCESSING: MicrophoneProcessing = {
  echoCancellation: true,
  noiseSuppression: true,
  autoGainControl: true,
}

/** For recordings: as it sounds, not as a telephone would have it. */
const NO_PROCESSING: MicrophoneProcessing = {
  echoCancellation: false,
  noiseSuppression: false,
  autoGainControl: false,
}

interface CaptureGraph {
  readonly context: AudioContext
  readonly node: AudioWorkletNode
}

interface OpenDevice {
  readonly track: MediaStreamTrack
  readonly source: MediaStreamAudioSourceNode
}

export interface MicrophoneOptions {
  /** Samples per second of its frames. */
  readonly rateHz?: number
  /** As the microphone hears it: for recordings, where what helps a call would only be in the way. */
  readonly isPlain?: boolean
}

export class Microphone implements Capture {
  readonly #options: MicrophoneOptions
  readonly #frames = new Listeners<CapturedFrame>()
  readonly #lost = new Listeners<string>()
  readonly #held = new Listeners<boolean>()
  #graph: Promise<CaptureGraph> | undefined
  #device: OpenDevice | undefined
  /** Which call of `open` is the current one; an older one that comes back late gives its device up. */
  #opening = 0

  constructor(options: MicrophoneOptions = {}) {
    this.#options = options
  }

  get isOpen(): boolean {
    return this.#device !== undefined
  }

  onFrame(listener: (frame: CapturedFrame) => void): () => void {
    return this.#frames.add(listener)
  }

  onLost(listener: (words: string) => void): () => void {
    return this.#lost.add(listener)
  }

  onHeld(listener: (isHeld: boolean) => void): () => void {
    return this.#held.add(listener)
  }

  async open(deviceId: string, processing = ALL_PROCESSING): Promise<void> {
    this.close()
    const opening = this.#opening
    const stream = await openStream(deviceId, this.#options.isPlain ? NO_PROCESSING : processing)
    const { context, node } = await this.#captureGraph()
    const [track] = stream.getAudioTracks()
    if (opening !== this.#opening || track === undefined) {
      for (const unwanted of stream.getTracks()) unwanted.stop()
      return
    }
    const source = new MediaStreamAudioSourceNode(context, { mediaStream: stream })
    source.connect(node)
    this.#device = { track, source }
    this.#watch(track)
  }

  close(): void {
    this.#opening += 1
    this.#device?.source.disconnect()
    this.#device?.track.stop()
    this.#device = undefined
  }

  #watch(track: MediaStreamTrack): void {
    const isCurrent = (): boolean => this.#device?.track === track
    track.addEventListener('ended', () => {
      if (!isCurrent()) return
      this.close()
      this.#lost.tell(unplugged())
    })
    track.addEventListener('mute', () => isCurrent() && this.#held.tell(true))
    track.addEventListener('unmute', () => isCurrent() && this.#held.tell(false))
  }

  /** Made once, after the first permission: from then on browsers let the context run. */
  #captureGraph(): Promise<CaptureGraph> {
    this.#graph ??= this.#buildGraph()
    return this.#graph
  }

  async #buildGraph(): Promise<CaptureGraph> {
    const context = new AudioContext({ latencyHint: 'interactive' })
    await context.audioWorklet.addModule(worklets.captureUrl)
    const node = new AudioWorkletNode(context, CAPTURE_PROCESSOR, {
      numberOfOutputs: 0,
      channelCount: 1,
      channelCountMode: 'explicit',
      processorOptions: { rateHz: this.#options.rateHz ?? MICROPHONE_SAMPLE_RATE } satisfies CaptureOptions,
    })
    node.port.addEventListener('message', (event: MessageEvent<CapturedFrame>) => {
      // Frames that were on their way when the device was closed are not for sending.
      if (this.isOpen) this.#frames.tell(event.data)
    })
    node.port.start()
    if (context.state !== 'running') await context.resume()
    return { context, node }
  }
}

async function openStream(deviceId: string, processing: MicrophoneProcessing): Promise<MediaStream> {
  const device = deviceId === 'default' ? {} : { deviceId: { exact: deviceId } }
  try {
    return await navigator.mediaDevices.getUserMedia({
      audio: {
        ...device,
        channelCount: { ideal: 1 },
        ...processing,
      },
    })
  } catch (error) {
    throw microphoneError(error)
  }
}
