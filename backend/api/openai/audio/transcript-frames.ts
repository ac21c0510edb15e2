import { type DoorDeps } from '../../core/door-deps.ts'
import { dataFrame } from '../../event-stream.ts'
import { openRecording, type Recording } from './hear.ts'
import { tokenUsage } from './transcript-formats.ts'

/** What is said, sentence by sentence as it is recognised: the sound is cut at its pauses. */
export async function* transcriptFrames(
  deps: Pick<DoorDeps, 'transcriber' | 'vad' | 'config'>,
  recording: Recording,
  signal: AbortSignal,
): AsyncGenerator<string> {
  const { segments, durationSeconds = 0 } = await openRecording(
    deps,
    { ...recording, hasTimes: true },
    signal,
  )
  let text = ''
  for await (const segment of segments) {
    const delta = text === '' ? segment.text : ` ${segment.text}`
    text += delta
    yield dataFrame({ type: 'transcript.text.delta', delta })
  }
  yield dataFrame({ type: 'transcript.text.done', text, usage: tokenUsage(text, durationSeconds) })
}
