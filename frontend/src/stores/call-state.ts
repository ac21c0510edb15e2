import { type Activity, type CallState, type ConnectionStatus } from './types.ts'

export interface Situation {
  readonly connection: ConnectionStatus
  readonly attempt: number
  readonly isModelReady: boolean
  readonly activity: Activity
  readonly isInCall: boolean
  /** The call waits for the microphone to open. */
  readonly isOpeningMic: boolean
  readonly hasMicProblem: boolean
  readonly isOnHold: boolean
  readonly isMicMuted: boolean
  readonly isPushToTalk: boolean
  readonly isTalking: boolean
  readonly speakerName: string
  readonly thinkerName: string
}

/** The one state that is shown: the line first, then what somebody does, then how the microphone stands. */
export function callStateOf(situation: Situation): CallState {
  const { connection, activity, isInCall } = situation
  if (connection === 'reconnecting') return 'reconnecting'
  if (connection !== 'open') return 'connecting'
  if (activity !== 'idle') return activity
  if (!situation.isModelReady) return 'model_loading'
  return isInCall ? microphoneStateOf(situation) : 'ready'
}

function microphoneStateOf(situation: Situation): CallState {
  if (situation.hasMicProblem) return 'mic_blocked'
  if (situation.isOpeningMic) return 'connecting'
  if (situation.isOnHold) return 'on_hold'
  if (situation.isMicMuted) return 'muted'
  return situation.isPushToTalk && !situation.isTalking ? 'ready' : 'listening'
}

export function wordsFor(state: CallState, situation: Situation): string {
  switch (state) {
    case 'connecting':
      return situation.connection === 'unauthorized' ? 'Waiting for the token' : 'Connecting'
    case 'ready':
      return situation.isInCall ? 'Hold to talk' : 'Ready'
    case 'listening':
      return 'Listening'
    case 'hearing':
      return 'Hearing you'
    case 'transcribing':
      return 'Writing down what you said'
    case 'thinking':
      return `${situation.thinkerName} is thinking`
    case 'speaking':
      return `${situation.speakerName} is speaking`
    case 'interrupted':
      return 'Interrupted'
    case 'muted':
      return 'Your microphone is off'
    case 'on_hold':
      return 'On hold'
    case 'reconnecting':
      return situation.attempt > 1 ? `Reconnecting (${situation.attempt})` : 'Reconnecting'
    case 'mic_blocked':
      return 'No microphone'
    case 'model_loading':
      return 'The model is loading'
    default:
      return state satisfies never
  }
}
