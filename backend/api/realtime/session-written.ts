import { type SessionConfig } from './session-config.ts'

export interface SessionFacts {
  readonly id: string
  readonly model: string
  /** Unix time, in seconds. */
  readonly expiresAt: number
}

/** The whole session, as it is told to its client. */
export function writtenSession(
  config: SessionConfig,
  { id, model, expiresAt }: SessionFacts,
): Record<string, unknown> {
  const { type, include, audio } = config
  if (type === 'transcription') {
    const { input } = audio
    return {
      type,
      object: 'realtime.transcription_session',
      id,
      expires_at: expiresAt,
      include,
      audio: { input },
    }
  }
  const { temperature, reasoning, ...rest } = config
  return {
    object: 'realtime.session',
    id,
    model,
    ...rest,
    prompt: null,
    expires_at: expiresAt,
    ...(reasoning ? { reasoning } : {}),
    ...(temperature === undefined ? {} : { temperature }),
  }
}
