import { type SpokenMessage } from './turn.ts'

/** What every event of a message carries. */
export function lineOf(message: SpokenMessage) {
  const { alternativeIndex } = message
  return {
    epoch: message.turn.epoch,
    character_id: message.speaker.id,
    character_name: message.speaker.name,
    message_id: message.messageId,
    ...(alternativeIndex === undefined ? {} : { alternative_index: alternativeIndex }),
  }
}
