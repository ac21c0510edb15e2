/**
 * What is put into the page before its own scripts: a note of what it sends and of what the user does, ears at its
 * loudspeaker (with `?tap=1`) and, if wanted, a microphone that says what the test tells it to.
 */

export interface PageProbe {
  /** When commands left the page, on `performance.now()`. */
  readonly sent: { readonly type: string; readonly atMs: number }[]
  /** When the user last pressed a key or a button. */
  gestureMs: number
  /** Frame numbers of the loudspeaker: the newest, and the last that was not silent (-1: none). */
  position(): { newest: number; lastSound: number }
  /** When a frame is heard, on `performance.now()`: the time from rendering to the loudspeaker included. */
  heardMs(frame: number): number
  latencyMs(): number
  sampleRate(): number
  /** What was rendered since the beginning, PCM16 in base64; missing frames are silence. */
  rendered(): string
  /** Says a WAV into the scripted microphone. Resolves when it has been said. */
  say(wavBase64: string): Promise<void>
}

declare global {
  interface Window {
    __probe: PageProbe
  }
}

/** Runs in the page, so it can use nothing from outside. */
export function installProbe(hasScriptedMicrophone: boolean): void {
  const SILENT = 0.003
  let tapContext: AudioContext | undefined
  let scanned = 0
  let lastSound = -1
  let microphone: { context: AudioContext; destination: MediaStreamAudioDestinationNode } | undefined

  window.AudioWorkletNode = class extends AudioWorkletNode {
    constructor(context: BaseAudioContext, name: string, options?: AudioWorkletNodeOptions) {
      super(context, name, options)
      if (name === 'troupe-tap' && context instanceof AudioContext) tapContext = context
    }
  }
  const context = (): AudioContext => {
    if (!tapContext) throw new Error('No sound has been played yet')
    return tapContext
  }
  const blocks = () => (tapContext ? (window.__troupeTap?.blocks ?? []) : [])
  const scan = (): void => {
    for (const { frame, samples } of blocks().slice(scanned)) {
      const at = samples.findLastIndex((sample) => Math.abs(sample) > SILENT)
      if (at >= 0) lastSound = frame + at
    }
    scanned = blocks().length
  }
  const sent: { type: string; atMs: number }[] = []
  window.WebSocket = class extends WebSocket {
    override send(data: string | Blob | BufferSource): void {
      const type = typeof data === 'string' ? /"type":"(\w+)"/.exec(data)?.[1] : undefined
      if (type) sent.push({ type, atMs: performance.now() })
      super.send(data)
    }
  }
  window.__probe = {
    sent,
    gestureMs: 0,
    position() {
      scan()
      const last = blocks().at(-1)
      return { newest: last ? last.frame + last.samples.length : 0, lastSound }
    },
    heardMs(frame) {
      const { contextTime = 0, performanceTime = 0 } = context().getOutputTimestamp()
      return performanceTime + (frame / context().sampleRate - contextTime) * 1_000
    },
    latencyMs: () => context().outputLatency * 1_000,
    sampleRate: () => context().sampleRate,
    rendered() {
      const pcm = new Int16Array(this.position().newest)
      for (const { frame, samples } of blocks()) {
        for (const [index, sample] of samples.entries()) {
          pcm[frame + index] = Math.max(-1, Math.min(1, sample)) * 32_767
        }
      }
      let binary = ''
      const bytes = new Uint8Array(pcm.buffer)
      for (let at = 0; at < bytes.length; at += 8_192)
        binary += String.fromCodePoint(...bytes.subarray(at, at + 8_192))
      return btoa(binary)
    },
    async say(wavBase64) {
      if (!microphone) throw new Error('The microphone has not been opened')
      const bytes = Uint8Array.from(atob(wavBase64), (letter) => letter.codePointAt(0) ?? 0)
      const buffer = await microphone.context.decodeAudioData(bytes.buffer)
      const source = new AudioBufferSourceNode(microphone.context, { buffer })
      source.connect(microphone.destination)
      await new Promise<void>((resolve) => {
        source.addEventListener('ended', () => resolve())
        source.start()
      })
    },
  }
  for (const gesture of ['pointerdown', 'keydown']) {
    window.addEventListener(gesture, () => (window.__probe.gestureMs = performance.now()), { capture: true })
  }
  if (!hasScriptedMicrophone) return
  navigator.mediaDevices.getUserMedia = async () => {
    const own = microphone?.context ?? new AudioContext({ sampleRate: 48_000 })
    await own.resume()
    // A stream needs a source that never ends, else nothing flows while nobody speaks.
    const destination = new MediaStreamAudioDestinationNode(own)
    const silence = new ConstantSourceNode(own, { offset: 0 })
    silence.connect(destination)
    silence.start()
    microphone = { context: own, destination }
    return destination.stream
  }
}
