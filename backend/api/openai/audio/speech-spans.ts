import { MICROPHONE_SAMPLE_RATE } from '#shared/audio.ts'
import { VAD_WINDOW_SAMPLES, type VoiceActivityDetector } from '../../../engines/contracts.ts'
import { Endpointing, type Span } from '../../../pipeline/endpointing.ts'

const PAUSE_MS = 500
const MIN_SPEECH_MS = 96
/** Below the threshold by this much it is silence. */
const HYSTERESIS = 0.15
/** Words begin and end softly. */
const MARGIN_SAMPLES = MICROPHONE_SAMPLE_RATE * 0.25
/** Recognisers were made for sentences, not for lectures. */
const LONGEST_SAMPLES = MICROPHONE_SAMPLE_RATE * 28

/** Where in a recording of 16 kHz somebody speaks, cut at pauses. @throws the signal's reason. */
export async function speechSpans(
  vad: VoiceActivityDetector,
  { samples, threshold }: { samples: Int16Array; threshold: number },
  signal: AbortSignal,
): Promise<readonly Span[]> {
  const endpointing = new Endpointing({
    speechThreshold: threshold,
    silenceThreshold: Math.max(0, threshold - HYSTERESIS),
    minSpeechMs: MIN_SPEECH_MS,
    endOfTurnSilenceMs: PAUSE_MS,
  })
  const spans: Span[] = []
  let startSample = 0
  using stream = vad.openStream()
  for (let at = 0; at < samples.length; at += VAD_WINDOW_SAMPLES) {
    signal.throwIfAborted()
    const window = new Int16Array(VAD_WINDOW_SAMPLES)
    window.set(samples.subarray(at, at + VAD_WINDOW_SAMPLES))
    const probability = await stream.speechProbability(window)
    const change = endpointing.judge({ startSample: at, endSample: at + VAD_WINDOW_SAMPLES }, probability)
    if (change?.type === 'started') startSample = change.atSample
    if (change?.type === 'stopped') spans.push({ startSample, endSample: change.atSample })
  }
  const last = endpointing.end()
  if (last) spans.push({ startSample, endSample: last.atSample })
  return withMargins(spans, samples.length).flatMap(shortened)
}

/** As much silence around each as there is, up to the middle of the pause. */
function withMargins(spans: readonly Span[], length: number): Span[] {
  return spans.map(({ startSample, endSample }, index) => {
    const before = spans[index - 1]?.endSample
    const after = spans[index + 1]?.startSample
    const earliest = before === undefined ? 0 : (before + startSample) / 2
    const latest = after === undefined ? length : (endSample + after) / 2
    return {
      startSample: Math.round(Math.max(earliest, startSample - MARGIN_SAMPLES)),
      endSample: Math.round(Math.min(latest, endSample + MARGIN_SAMPLES)),
    }
  })
}

function shortened({ startSample, endSample }: Span): Span[] {
  const pieces = Math.max(1, Math.ceil((endSample - startSample) / LONGEST_SAMPLES))
  const length = Math.ceil((endSample - startSample) / pieces)
  return Array.from({ length: pieces }, (_, index) => ({
    startSample: startSample + index * length,
    endSample: Math.min(endSample, startSample + (index + 1) * length),
  }))
}
