import { STARTER_CONVERSATION_ID } from '#shared/starters.ts'
import { ConversationDraft, MessageDraft } from '#shared/entities.ts'
import { type Starters } from '../store/contract.ts'
import { felix } from './felix.ts'
import { hugo } from './hugo.ts'
import { iris } from './iris.ts'
import { nora } from './nora.ts'
import { starterVoices } from './voices.ts'

/** What an empty database is filled with. */
export const starters: Starters = {
  voices: starterVoices,
  characters: [nora, felix, iris, hugo],
  conversation: {
    ...ConversationDraft.parse({
      title: 'An evening at the Lantern',
      active_characters: [nora.id, felix.id, iris.id, hugo.id],
    }),
    conversation_id: STARTER_CONVERSATION_ID,
  },
  messages: [
    line(
      nora,
      'Welcome to the Lantern. I am Nora, I run the evening. Felix is under the stage, Iris has the notebook, and the gentleman in the armchair is Hugo. What should we call you?',
    ),
    line(
      hugo,
      'Take your time. Say a name if you want one of us in particular, or simply talk. I always do.',
    ),
  ],
}

function line(character: { id: string; name: string }, content: string): MessageDraft {
  return MessageDraft.parse({
    conversation_id: STARTER_CONVERSATION_ID,
    role: 'assistant',
    name: character.name,
    character_id: character.id,
    content,
  })
}
