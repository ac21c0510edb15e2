import { randomUUID } from 'node:crypto'
import { CharacterDraft, ConversationDraft } from '#shared/entities.ts'
import { systemClock } from '../../../backend/lib/clock.ts'
import { connectTo } from '../../../backend/store/sqlite/connection.ts'
import { openSqliteStore } from '../../../backend/store/sqlite/sqlite-store.ts'
import { SeededRandom } from '../../support/seeded-random.ts'

/** A library of somebody who has talked for years: words as frequent as words are, a part of it without spaces. */

const COMMON =
  'the and to of a in you i it that was is he she on for with her his as at not but be they'.split(' ')
const SYLLABLES = [
  'ka',
  'lo',
  'mi',
  'ren',
  'tas',
  'vo',
  'shi',
  'pel',
  'dun',
  'gra',
  'ne',
  'qui',
  'sto',
  'bel',
  'ur',
]
const VOCABULARY = 30_000
const HAN = 3_000
const HAN_SHARE = 0.05
const CONVERSATIONS = 500

/** The word of this rank; 0 is the most frequent. */
export function wordOf(rank: number): string {
  const common = COMMON[rank]
  if (common !== undefined) return common
  let rest = rank
  let word = ''
  for (let i = 0; i < 4 && (rest > 0 || word === ''); i++) {
    word += SYLLABLES[rest % SYLLABLES.length] ?? ''
    rest = Math.floor(rest / SYLLABLES.length)
  }
  return word
}

export function hanOf(rank: number): string {
  return String.fromCodePoint(0x4e00 + ((rank * 7) % HAN))
}

export function sentences(seed: number): () => string {
  const seeded = new SeededRandom(seed)
  const random = (): number => seeded.next()
  // The frequency of a word is about one by its rank.
  const rank = (size: number): number => Math.floor(size ** random()) - 1
  return () => {
    const length = 8 + Math.floor(random() * 24)
    const isHan = random() < HAN_SHARE
    const parts = Array.from({ length }, () => (isHan ? hanOf(rank(HAN)) : wordOf(rank(VOCABULARY))))
    return `${parts.join(isHan ? '' : ' ')}.`
  }
}

const INSERT = `
  INSERT INTO messages (message_id, conversation_id, role, name, content, is_interrupted, unheard, is_spoken,
    created_at, updated_at)
  VALUES (@message_id, @conversation_id, 'user', 'You', @content, 0, '', 0, @at, @at)`

/** @returns the conversations, of which the first has a tenth of all messages. */
export async function fillWithMessages(file: string, count: number): Promise<readonly string[]> {
  const ids = Array.from({ length: CONVERSATIONS }, (_unused, index) => `bench-${index}`)
  const made = await openSqliteStore({ file, clock: systemClock })
  for (const id of ids) await made.conversations.ensure(id, ConversationDraft.parse({ title: `Bench ${id}` }))
  await made[Symbol.asyncDispose]()
  const sqlite = connectTo(file)
  const insert = sqlite.prepare(INSERT)
  const sentence = sentences(1)
  const at = new Date(0).toISOString()
  sqlite.transaction(() => {
    for (let index = 0; index < count; index++) {
      const conversation_id = ids[index % 10 === 0 ? 0 : (index * 31) % ids.length]
      insert.run({ message_id: randomUUID(), conversation_id, content: sentence(), at })
    }
  })()
  sqlite.exec('PRAGMA wal_checkpoint(TRUNCATE)')
  sqlite.close()
  return ids
}

/** Cards of the usual size. */
export function cards(count: number): CharacterDraft[] {
  const sentence = sentences(2)
  const random = new SeededRandom(3)
  const text = (lines: number): string => Array.from({ length: lines }, sentence).join(' ')
  return Array.from({ length: count }, (_unused, index) =>
    CharacterDraft.parse({
      name: `${wordOf(100 + index)} ${wordOf(40 + (index % 500))}`,
      description: text(12),
      personality: text(4),
      scenario: text(3),
      first_message: text(6),
      message_examples: text(8),
      creator: `maker ${index % 300}`,
      creator_notes: text(2),
      tags: Array.from({ length: 6 }, () => wordOf(30 + Math.floor(200 ** random.next()))),
      is_favourite: index % 20 === 0,
      image_url: `/media/${'0'.repeat(58)}${String(index).padStart(6, '0')}.png`,
    }),
  )
}
