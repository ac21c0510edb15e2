import { type Synthesizer } from '../engines/contracts.ts'
import { AppError } from '../errors.ts'
import { type Channel } from '../lib/channel.ts'
import { type Clock } from '../lib/clock.ts'
import { withDeadline } from '../lib/deadline.ts'
import { speakable } from './speakable.ts'
import { type AudioItem, type SpeechItem } from './channel-items.ts'
import { type SpokenSentence, type Turn } from './turn.ts'

/** After these the voice is taken to be down, and the rest of the turn is text only. */
const MAX_VOICE_FAILURES = 2

export interface SpeechDeps {
  readonly clock: Clock
  readonly synthesizer: Synthesizer
  readonly firstAudioTimeoutMs: number
  readonly sentences: Channel<SpeechItem>
  readonly audio: Channel<AudioItem>
  /** A sentence could not be spoken; the worker goes on. */
  readonly onFailure: (turn: Turn, error: unknown) => void
}

type SentenceItem = Extract<SpeechItem, { type: 'sentence' }>

/**
 * The long-lived voice of a connection: sentences in, sound out, in order; markers pass through behind the sound they
 * follow. It holds nothing of a turn but the item in its hand.
 * @returns when the sentence channel is closed and empty.
 */
export async function runSpeech(deps: SpeechDeps): Promise<void> {
  for await (const item of deps.sentences) {
    const { signal } = item.turn
    if (signal.aborted) continue
    try {
      if (item.type === 'sentence') await speakSentence(deps, item)
      else await deps.audio.send(item, signal)
    } catch (error) {
      if (signal.aborted) continue
      item.turn.voiceFailures += 1
      deps.onFailure(item.turn, error)
    }
  }
}

async function speakSentence(deps: SpeechDeps, item: SentenceItem): Promise<void> {
  const { turn, message, sentence } = item
  if (message.isOnlyRead) return
  const { text } = speakable(sentence.text)
  if (text === '' || turn.voiceFailures >= MAX_VOICE_FAILURES) return
  turn.timings.voiceAskedAtMs ??= deps.clock.nowMs()
  const spoken: SpokenSentence = {
    sentence,
    firstSample: 0,
    samples: 0,
    isComplete: false,
    words: undefined,
  }
  let chunkIndex = 0
  for await (const chunk of soundOf(deps, item, text)) {
    if (chunk.pcm.length === 0) continue
    if (chunkIndex === 0) {
      turn.timings.firstSoundAtMs ??= deps.clock.nowMs()
    }
    // A long sentence is spoken in pieces; with each of them the times of the words are known better.
    if (chunk.words) spoken.words = chunk.words
    const first = chunkIndex === 0 ? { spoken } : {}
    await deps.audio.send(
      { type: 'audio', turn, message, sentenceIndex: item.index, chunkIndex, pcm: chunk.pcm, ...first },
      turn.signal,
    )
    spoken.samples += chunk.pcm.length
    chunkIndex += 1
  }
  spoken.isComplete = true
}

function soundOf(deps: SpeechDeps, item: SentenceItem, text: string) {
  const { clock, synthesizer, firstAudioTimeoutMs } = deps
  const { signal } = item.turn
  const open = (stop: AbortSignal) =>
    synthesizer.synthesize({ text, voice: item.message.speaker.voice }, stop)
  const onLate = (): Error =>
    new AppError(
      'engine_timeout',
      `The voice engine "${synthesizer.name}" did not answer in time; the text is complete`,
    )
  return withDeadline(open, {
    clock,
    signal,
    firstMs: firstAudioTimeoutMs,
    nextMs: firstAudioTimeoutMs,
    onLate,
  })
}
