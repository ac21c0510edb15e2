import { describe, expect, test } from 'vitest'
import { ChatLibrary } from '../../support/chat-library.ts'
import { randomChatFile } from '../../support/random-chat.ts'
import { SeededRandom } from '../../support/seeded-random.ts'

const CHATS = 150

/** The lines of a file with what ends them. */
const linesOf = (text: string): string[] => text.split(/(?<=\n)/u)

describe('chats of SillyTavern', () => {
  test(`${CHATS} chats come out as the bytes that went in`, async () => {
    await using library = await ChatLibrary.open()
    for (let seed = 1; seed <= CHATS; seed += 1) {
      const text = randomChatFile(new SeededRandom(seed))
      const id = await library.putOne('Mira.jsonl', text)
      expect(await library.takeText(id), `seed ${seed}`).toBe(text)
    }
  })

  test('an edited message changes only its own line', async () => {
    await using library = await ChatLibrary.open()
    for (let seed = 1; seed <= CHATS; seed += 1) {
      const random = new SeededRandom(seed)
      const text = randomChatFile(random)
      const id = await library.putOne('Mira.jsonl', text)
      const messages = await library.store.messages.list({ conversation_id: id })
      const chosen = messages[random.below(messages.length)]
      await library.store.messages.update({ message_id: chosen?.message_id ?? '', content: 'Edited “here”.' })
      const before = linesOf(text)
      const after = linesOf(await library.takeText(id))
      const changed = after.flatMap((line, index) => (line === before[index] ? [] : [index]))
      expect(after, `seed ${seed}`).toHaveLength(before.length)
      expect(changed, `seed ${seed}`).toHaveLength(1)
      const line = after[changed[0] ?? -1] ?? ''
      expect(JSON.parse(line.replace('\uFEFF', ''))).toMatchObject({ mes: 'Edited “here”.' })
      // What nobody touched stays as it was spelt.
      for (const part of ['12345678901234567890', '1.50', '1e400', '"__proto__":{"polluted":true}']) {
        expect(line.includes(part)).toBe((before[changed[0] ?? -1] ?? '').includes(part))
      }
    }
  })

  test('our own file comes out as the bytes that went in, with everything in it', async () => {
    await using library = await ChatLibrary.open()
    for (let seed = 1; seed <= 60; seed += 1) {
      const text = randomChatFile(new SeededRandom(seed))
      const first = await library.putOne('Mira.jsonl', text)
      const written = await library.takeText(first, 'json')
      const second = await library.putOne('conversation.json', written)
      expect(await library.takeText(second, 'json'), `seed ${seed}`).toBe(written)
      expect(await library.takeText(second), `seed ${seed}`).toBe(text)
    }
  })
})
