import { type AudioFrame } from '#shared/protocol/audio-frame.ts'
import { type ConversationEvent } from '#shared/protocol/events.ts'

/** What the spoken path needs of a connection. Sending is synchronous: what is sent has left our hands. */
export interface ClientLink {
  send(event: ConversationEvent): void
  sendAudio(frame: AudioFrame): void
  /** False for a client that only reads: it gets text alone. */
  readonly hasSound?: boolean
  /** Bytes that wait in the socket because the client reads slowly. */
  readonly bufferedBytes: number
}
