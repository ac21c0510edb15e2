import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CharacterDraft, ConversationDraft, MessageDraft, VoiceDraft } from '#shared/entities.ts'
import { type Clock } from '../../../backend/lib/clock.ts'
import { type Starters } from '../../../backend/store/contract.ts'

/** A fresh folder that goes away with its scope. */
export async function temporaryFolder(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'troupe-store-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}

/** A clock whose date moves one second with each look at it, unless it is told to stand still. */
export function tickingClock(stepMs = 1_000): Clock {
  let time = Date.parse('2030-01-01T00:00:00.000Z')
  return {
    nowMs: () => time,
    date: () => new Date((time += stepMs)),
    after: () => () => {},
  }
}

/** Numbers in [0, 1) that are the same in every run (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

export const aVoice = (voice_name = 'Alto'): VoiceDraft => VoiceDraft.parse({ voice_name })
export const aCharacter = (name = 'Nora'): CharacterDraft => CharacterDraft.parse({ name })
export const aConversation = (title = '', active_characters: string[] = []): ConversationDraft =>
  ConversationDraft.parse({ title, active_characters })
export const aMessage = (conversation_id: string, content = 'Hello'): MessageDraft =>
  MessageDraft.parse({ conversation_id, content, role: 'user' })

export const someStarters: Starters = {
  voices: [
    { ...aVoice('Low'), voice_id: 'low' },
    { ...aVoice('High'), voice_id: 'high' },
  ],
  characters: [
    { ...aCharacter('Ada'), id: 'ada-001', voice_id: 'low', is_active: true },
    { ...aCharacter('Bo'), id: 'bo-001', voice_id: 'high' },
  ],
  conversation: { ...aConversation('Welcome', ['ada-001', 'bo-001']), conversation_id: 'welcome' },
  messages: [
    { ...aMessage('welcome', 'Good evening.'), role: 'assistant', character_id: 'ada-001', name: 'Ada' },
    aMessage('welcome', 'Hello, Ada.'),
  ],
}
