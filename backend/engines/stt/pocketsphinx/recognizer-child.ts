import { Decoder } from './decoder.ts'
import { findPocketsphinx } from './installation.ts'
import { type FromRecognizer, type ToRecognizer } from './messages.ts'
import { UtteranceDecoding } from './utterance-decoding.ts'

/** The forked program: one decoder for one session. It ends with its parent, however that ends. */

/** Between two pieces of this length the child looks whether the utterance was cancelled: 100 ms of sound. */
const SLICE_SAMPLES = 1600

process.on('disconnect', () => process.exit())
if (!process.connected) process.exit()
// A signal from the terminal goes to the whole group; the parent decides when its children end.
process.on('SIGINT', () => {})
process.on('SIGTERM', () => {})

const waiting: ToRecognizer[] = []
let current: { readonly utterance: number; readonly decoding: UtteranceDecoding } | undefined
let isScheduled = false

const decoder = openDecoder()
if (decoder) serve(decoder)

function openDecoder(): Decoder | undefined {
  try {
    const installation = findPocketsphinx()
    if (!installation) throw new Error('its library or its model is gone')
    return new Decoder(installation)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    process.send?.({ type: 'broken', reason } satisfies FromRecognizer, () => process.exit(1))
    return undefined
  }
}

function serve(ready: Decoder): void {
  process.on('message', (message: ToRecognizer) => {
    if (message.type === 'cancel') forget(message.utterance)
    waiting.push(...sliced(message))
    schedule(ready)
  })
  post({ type: 'ready' })
}

function schedule(ready: Decoder): void {
  if (isScheduled || waiting.length === 0) return
  isScheduled = true
  setImmediate(() => {
    isScheduled = false
    const message = waiting.shift()
    if (message) handle(message, ready)
    schedule(ready)
  })
}

function handle(message: ToRecognizer, ready: Decoder): void {
  const { type, utterance } = message
  if (type === 'start') {
    current?.decoding.cancel()
    current = { utterance, decoding: new UtteranceDecoding(ready) }
    return
  }
  const decoding = current?.utterance === utterance ? current.decoding : undefined
  if (type === 'audio') {
    const text = decoding?.process(message.pcm)
    if (text !== undefined) post({ type: 'partial', utterance, text })
    return
  }
  if (decoding) current = undefined
  if (type === 'end' && decoding) post({ type: 'final', utterance, text: decoding.end() })
  if (type === 'cancel') {
    decoding?.cancel()
    post({ type: 'cancelled', utterance })
  }
}

function forget(utterance: number): void {
  const kept = waiting.filter((message) => message.utterance !== utterance || message.type === 'start')
  waiting.splice(0, waiting.length, ...kept)
}

function sliced(message: ToRecognizer): ToRecognizer[] {
  if (message.type !== 'audio') return [message]
  const slices: ToRecognizer[] = []
  for (let at = 0; at < message.pcm.length; at += SLICE_SAMPLES) {
    slices.push({ ...message, pcm: message.pcm.subarray(at, at + SLICE_SAMPLES) })
  }
  return slices
}

function post(message: FromRecognizer): void {
  // That the parent has gone is heard as `disconnect`, too.
  process.send?.(message, () => {})
}
