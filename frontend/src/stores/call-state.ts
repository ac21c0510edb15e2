import { t } from '../i18n/index.ts'
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
      return t(situation.connection === 'unauthorized' ? 'call.states.token' : 'call.states.connecting')
    case 'ready':
      return t(situation.isInCall ? 'call.states.hold' : 'call.states.ready')
    case 'listening':
      return t('call.states.listening')
    case 'hearing':
      return t('call.states.hearing')
    case 'transcribing':
      return t('call.states.transcribing')
    case 'thinking':
      return t('call.states.thinking', { name: situation.thinkerName })
    case 'speaking':
      return t('call.states.speaking', { name: situation.speakerName })
    case 'interrupted':
      return t('call.states.interrupted')
    case 'muted':
      return t('call.states.muted')
    case 'on_hold':
      return t('call.states.onHold')
    case 'reconnecting':
      return situation.attempt > 1
        ? t('call.states.reconnectingAgain', { attempt: situation.attempt })
        : t('call.states.reconnecting')
    case 'mic_blocked':
      return t('call.states.micBlocked')
    case 'model_loading':
      return t('call.states.modelLoading')
    default:
      return state satisfies never
  }
}
