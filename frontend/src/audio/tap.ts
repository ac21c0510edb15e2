import { TAP_PROCESSOR, type TapBlock } from './tap-messages.ts'
import { worklets } from './worklets.ts'

declare global {
  interface Window {
    /** With `?tap=1` in the address: everything that was rendered, for end-to-end tests to listen to. */
    __troupeTap?: { readonly sampleRate: number; readonly blocks: TapBlock[] }
  }
}

/** Whether this page was opened to be listened to by a test. */
export function isTapWanted(): boolean {
  return new URL(location.href).searchParams.get('tap') === '1'
}

/** Puts a listener between `source` and the loudspeaker. */
export async function tapInto(source: AudioNode): Promise<AudioNode> {
  const { context } = source
  await context.audioWorklet.addModule(worklets.tapUrl)
  const tap = new AudioWorkletNode(context, TAP_PROCESSOR, { outputChannelCount: [1] })
  const blocks: TapBlock[] = []
  window.__troupeTap = { sampleRate: context.sampleRate, blocks }
  tap.port.addEventListener('message', (event: MessageEvent<TapBlock>) => blocks.push(event.data))
  tap.port.start()
  return source.connect(tap)
}
