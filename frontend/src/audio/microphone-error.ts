/** Why there is no microphone, in words for the user: what happened, what to do. */
export class MicrophoneError extends Error {
  override readonly name = 'MicrophoneError'
}

export const UNPLUGGED = 'The microphone was unplugged. Plug it in again or choose another one.'

/** @param cause what `getUserMedia` was rejected with. */
export function microphoneError(cause: unknown): MicrophoneError {
  return new MicrophoneError(wordsFor(cause instanceof Error ? cause.name : ''), { cause })
}

function wordsFor(name: string): string {
  if (!isSecureContext || navigator.mediaDevices === undefined) {
    return 'Browsers give the microphone only to secure pages. Open this page over https or on localhost.'
  }
  switch (name) {
    case 'NotAllowedError':
    case 'SecurityError':
      return 'This page may not use the microphone. Allow it beside the address above, then try again. You can type meanwhile.'
    case 'NotFoundError':
    case 'OverconstrainedError':
      return 'No microphone was found. Plug one in or choose another one. You can type meanwhile.'
    case 'NotReadableError':
    case 'AbortError':
      return 'The microphone does not start; another program may be using it. Close that program and try again.'
    default:
      return 'The microphone could not be opened. Try again, or choose another one.'
  }
}
