import { type Character, type Message } from '#shared/entities.ts'
import { type Scene, type SceneCharacter } from '../engines/contracts.ts'

export interface SceneInput {
  readonly speaker: Character
  /** Everyone present, the speaker included. */
  readonly cast: readonly Character[]
  /** Oldest first; only what was said and heard. */
  readonly history: readonly Message[]
}

/** What engines play from that do not read prompts. */
export function sceneOf({ speaker, cast, history }: SceneInput): Scene {
  return {
    speaker: sceneCharacter(speaker),
    cast: cast.map(sceneCharacter),
    history: history
      .filter((message) => message.role !== 'system')
      .map((message) => ({
        speaker: message.role === 'user' ? 'user' : 'character',
        name: message.name,
        text: message.content,
      })),
  }
}

function sceneCharacter(character: Character): SceneCharacter {
  return {
    id: character.id,
    name: character.name,
    personality: character.personality,
    firstMessage: character.first_message,
  }
}
