import { type Config } from '../../config.ts'
import { type Synthesizer, type Transcriber, type VoiceActivityDetector } from '../../engines/contracts.ts'
import { type Clock } from '../../lib/clock.ts'
import { type Generate } from '../core/contract.ts'
import { type ServerEvent } from './server-events.ts'
import { type SessionConfig } from './session-config.ts'
import { type SessionPatch } from './session-schema.ts'
import { type Talker } from './talker.ts'

export interface SessionDeps {
  readonly clock: Clock
  readonly config: Config
  readonly generate: Generate
  readonly synthesizer: Synthesizer
  readonly transcriber: Transcriber
  readonly vad: VoiceActivityDetector
  readonly talker: Talker
  readonly type: SessionConfig['type']
  /** What the key that opened it asks for. */
  readonly patch?: SessionPatch | undefined
  readonly send: (event: ServerEvent) => void
  /** Resolves when the client has room for more. */
  readonly room: (signal: AbortSignal) => Promise<void>
  /** For the log. */
  readonly onDefect: (error: unknown) => void
  readonly onExpired: () => void
}
