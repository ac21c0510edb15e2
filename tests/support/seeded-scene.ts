import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MessageDraft } from '#shared/entities.ts'
import { systemClock } from '../../backend/lib/clock.ts'
import { starters } from '../../backend/starters/starters.ts'
import { type Store } from '../../backend/store/contract.ts'
import { openSqliteStore } from '../../backend/store/sqlite/sqlite-store.ts'

/** Conversations that lie in a data directory, all alike. */
export interface SeededScenes {
  readonly dataDir: string
  readonly conversationIds: readonly string[]
}

const LINES = [
  ['Good evening. Is the theatre open?', ''],
  ['Nora', 'Open, swept, and *almost* warm. Come in before the draught does.'],
  ['Thank you. What are you playing tonight?', ''],
] as const

/** In each two are on stage, four lines have been said, and of the last one there are three wordings. */
export async function seedScenes(count: number): Promise<SeededScenes> {
  const dataDir = await mkdtemp(join(tmpdir(), 'troupe-scene-'))
  await using store = await openSqliteStore({ file: join(dataDir, 'troupe.db'), clock: systemClock })
  await store.seed(starters)
  const conversationIds: string[] = []
  while (conversationIds.length < count) conversationIds.push(await seedScene(store))
  return { dataDir, conversationIds }
}

/** @returns the id of the conversation. */
async function seedScene(store: Store): Promise<string> {
  const cast = (await store.characters.list()).filter(({ name }) => name === 'Nora' || name === 'Felix')
  const nora = cast.find(({ name }) => name === 'Nora')
  const { conversation_id } = await store.conversations.create({
    title: 'The draughty theatre',
    is_archived: false,
    active_characters: cast.map(({ id }) => id),
    reply_strategy: 'natural',
    muted_characters: [],
    auto_continue_turns: 0,
    persona_id: null,
    author_note: null,
    lorebook_ids: [],
    summary: '',
    summary_until: null,
  })
  const say = (role: 'user' | 'assistant', content: string) =>
    store.messages.create(
      MessageDraft.parse({
        conversation_id,
        role,
        content,
        name: role === 'user' ? 'You' : 'Nora',
        ...(role === 'assistant' ? { character_id: nora?.id ?? null } : {}),
      }),
    )
  for (const [first, second] of LINES) await (second ? say('assistant', second) : say('user', first))
  const { message_id: lastReplyId } = await say('assistant', 'A comedy. The first take of it.')
  const rest = { unheard: '', is_interrupted: false }
  const generation = {
    model: 'qwen3:8b',
    ttft_ms: 312,
    duration_ms: 1_480,
    prompt_tokens: 1_904,
    cached_tokens: 1_812,
    completion_tokens: 46,
    cost: 0.000_41,
    finish_reason: 'stop',
  }
  const dice = { name: 'roll_dice', arguments: { dice: '1d6' }, result: '4', is_error: false, duration_ms: 2 }
  await store.messages.addAlternative(lastReplyId, {
    ...rest,
    content: 'A tragedy, I fear. The second take of it.',
    generation: null,
    tool_uses: [],
  })
  await store.messages.addAlternative(lastReplyId, {
    ...rest,
    content: 'Whatever the dice say. A four: then it is *The Tempest*. The third take of it.',
    generation,
    tool_uses: [dice],
  })
  return conversation_id
}
