import { type EventData } from '#shared/protocol/events.ts'
import { type PlayedPosition } from '../audio/playback-queue.ts'
import { type StreamKey } from '../audio/playback-segment.ts'
import { cuesOf, type Cue } from './caption-cues.ts'
import { type TextRange } from './types.ts'

/** Streams that are remembered after they fell silent. */
const MOST_STREAMS = 64

interface SpokenStream extends StreamKey {
  readonly messageId: string
  readonly characterId: string
  /** Index in the line's text where the stream begins: what stands before was said earlier. */
  readonly from: number
  /** In the order of their samples. */
  cues: Cue[]
  /** Index in the line's text where the last announced sentence ends. */
  announcedUntil: number
  isOver: boolean
}

/** What is being heard of a line. */
export interface Heard {
  readonly messageId: string
  readonly characterId: string
  readonly sounding: TextRange | null
  readonly heardUntil: number
  readonly isFinal: boolean
}

/** Which line each audio stream speaks, and which of its words sounds when. */
export class SpokenStreams {
  #streams: SpokenStream[] = []

  /** @param from where in the line's text the stream begins. */
  open({ epoch, stream, message_id, character_id }: EventData<'audio_stream_start'>, from = 0): void {
    const opened = { epoch, stream, messageId: message_id, characterId: character_id, from }
    this.#streams = [
      ...this.#streams.filter((other) => !isSame(other, opened)).slice(1 - MOST_STREAMS),
      { ...opened, cues: [], announcedUntil: from, isOver: false },
    ]
  }

  /** A sentence begins. @param lineText what is known of the line so far. */
  announce(chunk: EventData<'audio_chunk'>, lineText: string): void {
    const stream = this.find(chunk)
    if (stream === undefined || chunk.text === undefined) return
    const { offset, text, words = [] } = chunk
    const { cues, end } = cuesOf(lineText, stream.announcedUntil, { offset, text, words })
    stream.cues = [...stream.cues, ...cues]
    stream.announcedUntil = end
  }

  find(key: StreamKey): SpokenStream | undefined {
    return this.#streams.find((stream) => isSame(stream, key))
  }

  /** The streams of a character that are not over. */
  ofCharacter(characterId: string): readonly StreamKey[] {
    return this.#streams.filter((stream) => stream.characterId === characterId && !stream.isOver)
  }

  /** Whether any sound of this turn was announced. */
  hasSound(epoch: number): boolean {
    return this.#streams.some((stream) => stream.epoch === epoch)
  }

  heard(position: PlayedPosition): Heard | undefined {
    const stream = this.find(position)
    if (stream === undefined) return undefined
    if (position.isFinal) stream.isOver = true
    const index = stream.cues.findLastIndex(({ fromSample }) => fromSample <= position.samples)
    const { messageId, characterId } = stream
    return {
      messageId,
      characterId,
      sounding: stream.cues[index]?.range ?? null,
      heardUntil: stream.cues[index - 1]?.range.end ?? stream.from,
      isFinal: position.isFinal,
    }
  }

  clear(): void {
    this.#streams = []
  }
}

function isSame(one: StreamKey, other: StreamKey): boolean {
  return one.epoch === other.epoch && one.stream === other.stream
}
