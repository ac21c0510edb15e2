import { describe, expect, test } from 'vitest'
import { ChatLibrary } from '../../support/chat-library.ts'
import { randomChatFile } from '../../support/random-chat.ts'
import { SeededRandom } from '../../support/seeded-random.ts'
import { aConversation, aMessage } from '../store/support.ts'

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

describe('a conversation that was born here', () => {
  test('takes what nobody heard and what was looked up through the file of another program, and back', async () => {
    await using library = await ChatLibrary.open()
    const { conversations, messages } = library.store
    const { conversation_id } = await conversations.create(aConversation('Tea'))
    const use = { name: 'roll_dice', arguments: { sides: 6 }, result: '4', is_error: false, duration_ms: 3 }
    const generation = { model: 'some-model', ttft_ms: 120, completion_tokens: 9 }
    const cut = { unheard: ' three four.', is_interrupted: true, tool_uses: [use], generation }
    const nora = { ...aMessage(conversation_id), role: 'assistant' as const, name: 'Nora' }
    await messages.create({ ...aMessage(conversation_id, 'Roll!'), name: 'Ren', is_spoken: true })
    const said = await messages.create({ ...nora, content: 'One two', ...cut })
    await messages.create({ ...nora, content: 'And on.' })
    await messages.addAlternative(said.message_id, {
      content: 'A four.',
      unheard: '',
      is_interrupted: false,
      generation: null,
      tool_uses: [{ ...use, result: '5' }],
    })
    const written = await library.takeText(conversation_id)
    // Other programs find what they look for, and nothing else of ours beside it.
    const [, first, second] = linesOf(written).map((text): unknown => JSON.parse(text))
    expect(first).toMatchObject({ mes: 'Roll!', extra: { troupe: { is_spoken: true } } })
    expect(second).toMatchObject({ mes: 'A four.', swipes: ['One two', 'A four.'], swipe_id: 1 })
    const again = await library.putOne('Tea.jsonl', written)
    expect(await library.takeText(again)).toBe(written)
    const [roll, answer] = await messages.list({ conversation_id: again })
    expect(roll).toMatchObject({ content: 'Roll!', is_spoken: true })
    expect(answer).toMatchObject({ content: 'A four.', tool_uses: [{ ...use, result: '5' }], unheard: '' })
    const { alternatives } = await messages.alternatives(answer?.message_id ?? '')
    expect(alternatives[0]).toMatchObject({ content: 'One two', ...cut })
    // What is changed here later goes out as well.
    await messages.update({ message_id: answer?.message_id ?? '', unheard: '', tool_uses: [] })
    await messages.selectAlternative(answer?.message_id ?? '', 0)
    await messages.update({ message_id: answer?.message_id ?? '', unheard: ' three.' })
    const third = await library.putOne('Tea 2.jsonl', await library.takeText(again))
    const [, changed] = await messages.list({ conversation_id: third })
    expect(changed).toMatchObject({ ...cut, content: 'One two', unheard: ' three.' })
    const wordings = await messages.alternatives(changed?.message_id ?? '')
    expect(wordings.alternatives[1]).toMatchObject({ content: 'A four.', tool_uses: [] })
  })

  test('is the same in whatever form somebody has put the file', async () => {
    await using library = await ChatLibrary.open()
    const first = await library.putOne('Mira.jsonl', randomChatFile(new SeededRandom(7)))
    const written = await library.takeText(first, 'json')
    for (const spaces of [0, 2]) {
      const text = JSON.stringify(JSON.parse(written), undefined, spaces)
      expect(await library.takeText(await library.putOne('again.json', text), 'json')).toBe(written)
    }
  })

  test('of a newer Troupe is not taken for a broken one', async () => {
    await using library = await ChatLibrary.open()
    const newer = { format: 'troupe-conversation', version: 9, talk: {}, messages: [{ words: 'Hi.' }] }
    for (const text of [JSON.stringify(newer), JSON.stringify(newer, undefined, 2)]) {
      const [result] = await library.put('newer.json', text)
      expect(result).toMatchObject({ ok: false, error: expect.stringContaining('update this one') })
    }
  })

  test('is not led astray by what somebody else writes under our name', async () => {
    await using library = await ChatLibrary.open()
    const odd = {
      troupe: { unheard: 7, tool_uses: 'none', is_interrupted: 'yes', generation: {}, is_spoken: 1 },
    }
    const text = `${JSON.stringify({ name: 'Nora', is_user: false, mes: 'Hi.', extra: odd })}\n`
    const id = await library.putOne('odd.jsonl', text)
    const [message] = await library.store.messages.list({ conversation_id: id })
    expect(message).toMatchObject({ unheard: '', is_interrupted: false, tool_uses: [], is_spoken: false })
    expect(await library.takeText(id)).toBe(text)
  })
})
