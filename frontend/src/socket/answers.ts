import { type CommandType } from '#shared/protocol/commands.ts'
import { type ServerEvent } from '#shared/protocol/events.ts'
import { requests, type AnswerType, type RequestType } from '#shared/protocol/requests.ts'

/** Commands that have one direct answer, and its type. */
export const answers = {
  ping: 'pong',
  hello: 'ready',
  open_conversation: 'conversation_opened',
  start_listening: 'listening_started',
  stop_listening: 'listening_stopped',
  interrupt: 'interrupt_ack',
  model_settings: 'model_settings_updated',
  clear_history: 'history_cleared',
  refresh_characters: 'active_characters',
  refresh_active_characters: 'active_characters',
} as const satisfies Partial<Record<CommandType, ServerEvent['type']>>

export type AnsweredCommand = keyof typeof answers
export type EventOf<Type extends ServerEvent['type']> = Extract<ServerEvent, { type: Type }>
export type CommandAnswer<T extends AnsweredCommand> = EventOf<(typeof answers)[T]>
export type RequestAnswer<T extends RequestType> = EventOf<AnswerType<T>>

export function isEvent<Type extends ServerEvent['type']>(
  event: ServerEvent,
  type: Type,
): event is EventOf<Type> {
  return event.type === type
}

export function isAnswerTo<T extends RequestType>(
  type: T,
): (event: ServerEvent) => event is RequestAnswer<T> {
  return (event): event is RequestAnswer<T> => event.type === requests[type].answer
}

export function isCommandAnswerTo<T extends AnsweredCommand>(
  type: T,
): (event: ServerEvent) => event is CommandAnswer<T> {
  return (event): event is CommandAnswer<T> => event.type === answers[type]
}
