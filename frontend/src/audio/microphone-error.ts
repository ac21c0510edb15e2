import { t } from '../i18n/index.ts'

/** Why there is no microphone, in words for the user: what happened, what to do. */
export class MicrophoneError extends Error {
  override readonly name = 'MicrophoneError'
}

/** In the language of that moment. */
export const unplugged = (): string => t('call.microphone.unplugged')

/** @param cause what `getUserMedia` was rejected with. */
export function microphoneError(cause: unknown): MicrophoneError {
  return new MicrophoneError(wordsFor(cause instanceof Error ? cause.name : ''), { cause })
}

function wordsFor(name: string): string {
  if (!isSecureContext || navigator.mediaDevices === undefined) {
    return t('call.microphone.insecure')
  }
  switch (name) {
    case 'NotAllowedError':
    case 'SecurityError':
      return t('call.microphone.denied')
    case 'NotFoundError':
    case 'OverconstrainedError':
      return t('call.microphone.none')
    case 'NotReadableError':
    case 'AbortError':
      return t('call.microphone.busy')
    default:
      return t('call.microphone.failed')
  }
}
