import { z } from 'zod'
import { Note } from '#shared/entities.ts'
import { defineTool, type NoteKeeper, type Tool } from './contracts.ts'

const MAX_NOTES = 8
const TIME_LIMIT_MS = 5_000

export function createRemember(notes: NoteKeeper): Tool {
  return defineTool({
    name: 'remember',
    description:
      'Keeps a fact in mind for all later conversations: names, wishes, promises, what the user tells of themselves.',
    parameters: z.object({
      text: Note.shape.text.describe(
        'One fact in one sentence that can be understood without this conversation.',
      ),
    }),
    timeLimitMs: TIME_LIMIT_MS,
    async run({ text }, { characterId }) {
      await notes.add(characterId, text)
      return 'Kept in mind'
    },
  })
}

export function createRecall(notes: NoteKeeper): Tool {
  return defineTool({
    name: 'recall',
    description: 'Looks up what was kept in mind with "remember", in this conversation and in earlier ones.',
    parameters: z.object({
      query: z
        .string()
        .max(500)
        .default('')
        .describe('A few words that the note may contain; leave it out for the newest notes.'),
    }),
    timeLimitMs: TIME_LIMIT_MS,
    async run({ query }, { characterId }) {
      const found = await notes.search(characterId, query.trim(), MAX_NOTES)
      if (found.length === 0)
        return query.trim() ? `Nothing was kept in mind about "${query}"` : 'Nothing was kept in mind yet'
      return found
        .map(({ text, created_at: createdAt }) => `- ${text} (${createdAt.slice(0, 10)})`)
        .join('\n')
    },
  })
}
