import { type SocketClient } from '../socket/socket-client.ts'
import { type Clock } from '../socket/clock.ts'
import { type PlayedPosition } from './playback-queue.ts'
import { type Playback } from './player.ts'

const REPORT_INTERVAL_MS = 200

/** Says which streams are to be silent from their start, by the character that speaks. */
export type IsMuted = (characterId: string) => boolean

export interface LinkOptions {
  readonly client: Pick<SocketClient, 'on' | 'onAudio' | 'onSilenced' | 'onStatus' | 'send'>
  readonly playback: Playback
  readonly clock: Clock
  readonly isMuted: IsMuted
}

/** Lets the server's sound out of the loudspeaker, and tells the server what was heard of it. */
export function linkPlayback(options: LinkOptions): void {
  followStreams(options)
  followSession(options)
  duckWhileUserSpeaks(options)
  reportPlayed(options)
}

function followStreams({ client, playback, isMuted }: LinkOptions): void {
  client.on('audio_stream_start', ({ data }) => {
    const { epoch, stream, sample_rate: sampleRate, character_id: characterId } = data
    playback.send({ type: 'start', epoch, stream, sampleRate, isMuted: isMuted(characterId) })
  })
  client.onAudio((frame) => playback.send({ type: 'frame', frame }))
  client.on('audio_stream_stop', ({ data: { epoch, stream } }) => {
    playback.send({ type: 'end', epoch, stream })
  })
  client.on('turn_ended', ({ data: { epoch } }) => playback.send({ type: 'end_turn', epoch }))
  client.onSilenced((epoch) => playback.send({ type: 'cut', epoch }))
}

/** A new session counts its turns anew. Until then, what has arrived is played out. */
function followSession({ client, playback }: LinkOptions): void {
  let sessionId: string | undefined
  let newestEpoch = 0
  client.on('audio_stream_start', ({ data }) => {
    newestEpoch = data.epoch
  })
  client.onStatus(({ name }) => {
    if (name === 'reconnecting') playback.send({ type: 'end_turn', epoch: newestEpoch })
  })
  client.on('ready', ({ data }) => {
    if (sessionId !== undefined && sessionId !== data.session_id) playback.send({ type: 'reset' })
    sessionId = data.session_id
  })
}

/** The first of two stages of being interrupted: the voice steps back until it is clear whether the user means it. */
function duckWhileUserSpeaks({ client, playback }: LinkOptions): void {
  const duck = (isDucked: boolean): void => playback.send({ type: 'duck', isDucked })
  client.on('speech_started', () => duck(true))
  client.on('speech_stopped', () => duck(false))
  client.on('listening_stopped', () => duck(false))
  client.on('ready', () => duck(false))
  client.onSilenced(() => duck(false))
}

/** About every 200 ms, and at once when a stream has come to its end. */
function reportPlayed({ client, playback, clock }: LinkOptions): void {
  let lastReportMs = Number.NEGATIVE_INFINITY
  let last: PlayedPosition | undefined
  playback.onReport(({ positions }) => {
    for (const position of positions) {
      const isDue = clock.nowMs() - lastReportMs >= REPORT_INTERVAL_MS
      if (!position.isFinal && (!isDue || isSame(position, last))) continue
      const { epoch, stream, samples } = position
      client.send('audio_played', { epoch, stream, samples })
      lastReportMs = clock.nowMs()
      last = position
    }
  })
}

function isSame(one: PlayedPosition, other: PlayedPosition | undefined): boolean {
  return one.epoch === other?.epoch && one.stream === other.stream && one.samples === other.samples
}
