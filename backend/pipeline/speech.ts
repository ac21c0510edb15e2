import { type SpeechRequest, type Synthesizer } from '../engines/contracts.ts'
import { AppError } from '../errors.ts'
import { type Channel } from '../lib/channel.ts'
import { type Clock } from '../lib/clock.ts'
import { withDeadline } from '../lib/deadline.ts'
import { type AudioItem, type SpeechItem } from './channel-items.ts'
import { type ReadSentence, type SpokenPart } from './message-reader.ts'
import { type SpokenMessage, type SpokenSentence, type Turn } from './turn.ts'

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
type MessageEnd = Extract<SpeechItem, { type: 'message_end' }>

/**
 * The long-lived voice of a connection: sentences in, sound out, in order; markers pass through behind the sound they
 * follow. It holds nothing of a turn but the item in its hand.
 * @returns when the sentence channel is closed and empty.
 */
export async function runSpeech(deps: SpeechDeps): Promise<void> {
  for await (const item of deps.sentences) {
    const { signal } = item.turn
    if (signal.aborted) continue
    if (item.type === 'sentence') await speak(deps, item, () => readNext(item))
    else {
      if (item.type === 'message_end') await speak(deps, item, () => item.message.reader.end())
      await attempt(deps, item.turn, () => deps.audio.send(item, signal))
    }
  }
}

/** What is to be said when a sentence comes: usually it. */
function readNext({ message, sentence, index }: SentenceItem): ReadSentence[] {
  const text = message.content.slice(message.writtenBefore)
  return message.reader.take({ sentence, index }, { text, isWhole: message.isWritten })
}

/** Says sentences, each by itself: one that fails is skipped. */
async function speak(
  deps: SpeechDeps,
  { turn, message }: SentenceItem | MessageEnd,
  read: () => ReadSentence[],
): Promise<void> {
  if (message.isOnlyRead) return
  for (const sentence of read()) {
    if (turn.signal.aborted) return
    await attempt(deps, turn, () => speakSentence(deps, { turn, message, sentence }))
  }
}

async function attempt(deps: SpeechDeps, turn: Turn, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    if (turn.signal.aborted) return
    turn.voiceFailures += 1
    deps.onFailure(turn, error)
  }
}

interface Spoken {
  readonly turn: Turn
  readonly message: SpokenMessage
  readonly sentence: ReadSentence
}

async function speakSentence(deps: SpeechDeps, spoken: Spoken): Promise<void> {
  let chunkIndex = 0
  for (const part of spoken.sentence.parts) {
    if (spoken.turn.voiceFailures >= MAX_VOICE_FAILURES) return
    chunkIndex = await speakPart(deps, spoken, { part, chunkIndex })
  }
}

/** @returns the index of the sentence's next chunk. */
async function speakPart(
  deps: SpeechDeps,
  { turn, message, sentence }: Spoken,
  { part, chunkIndex: firstChunk }: { part: SpokenPart; chunkIndex: number },
): Promise<number> {
  turn.timings.voiceAskedAtMs ??= deps.clock.nowMs()
  const spoken: SpokenSentence = {
    sentence: part.sentence,
    reading: part.reading,
    firstSample: 0,
    samples: 0,
    isComplete: false,
    words: undefined,
  }
  let chunkIndex = firstChunk
  for await (const chunk of soundOf(deps, turn, {
    text: part.reading.text,
    ...message.speaker.voices[part.role],
  })) {
    if (chunk.pcm.length === 0) continue
    turn.timings.firstSoundAtMs ??= deps.clock.nowMs()
    // A long sentence is spoken in pieces; with each of them the times of the words are known better.
    if (chunk.words) spoken.words = chunk.words
    const first = chunkIndex === firstChunk ? { spoken } : {}
    await deps.audio.send(
      { type: 'audio', turn, message, sentenceIndex: sentence.index, chunkIndex, pcm: chunk.pcm, ...first },
      turn.signal,
    )
    spoken.samples += chunk.pcm.length
    chunkIndex += 1
  }
  spoken.isComplete = true
  return chunkIndex
}

function soundOf(deps: SpeechDeps, { signal }: Turn, request: SpeechRequest) {
  const { clock, synthesizer, firstAudioTimeoutMs } = deps
  const open = (stop: AbortSignal) => synthesizer.synthesize(request, stop)
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
