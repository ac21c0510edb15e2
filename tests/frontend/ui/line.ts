import { type TranscriptLine } from '../../../frontend/src/stores/types.ts'

/** A finished line of a character, with what a test wants different. */
export function line(fields: Partial<TranscriptLine>): TranscriptLine {
  return {
    id: 'message-1',
    role: 'assistant',
    name: 'Nora',
    characterId: 'nora-001',
    text: 'Come in.',
    unheard: '',
    state: 'complete',
    isSpoken: false,
    sounding: null,
    heardUntil: null,
    isExcluded: false,
    alternativeIndex: 0,
    alternativeCount: 1,
    toolUses: [],
    generation: null,
    createdAt: '2026-03-20T12:00:00.000Z',
    ...fields,
  }
}
