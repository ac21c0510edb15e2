import { describe, expect, it } from 'vitest'
import {
  Alternative,
  ConversationDraft,
  Lorebook,
  LorebookDraft,
  LoreEntry,
  type Message,
  Persona,
  PersonaDraft,
} from '#shared/entities.ts'
import { type Store, type Wording } from '../../backend/store/contract.ts'
import { aCharacter, aConversation, aMessage } from '../backend/store/support.ts'

const missing = expect.objectContaining({ code: 'not_found' })
const invalid = expect.objectContaining({ code: 'invalid' })

function wording(content: string, more: Partial<Wording> = {}): Wording {
  return { content, unheard: '', is_interrupted: false, generation: null, tool_uses: [], ...more }
}

/** A conversation in which `lines` were said. */
async function told(store: Store, lines: readonly string[]) {
  const { conversation_id } = await store.conversations.create(aConversation())
  const messages: Message[] = []
  for (const line of lines) messages.push(await store.messages.create(aMessage(conversation_id, line)))
  const id = (content: string): string => {
    const found = messages.find((message) => message.content === content)
    if (!found) throw new Error(`Nobody said "${content}"`)
    return found.message_id
  }
  const say = (line: string) => store.messages.create(aMessage(conversation_id, line))
  const shown = async () => (await store.messages.list({ conversation_id })).map(({ content }) => content)
  return { conversation_id, id, say, shown }
}

export function describeAlternatives(current: () => Store): void {
  describe('alternatives', () => {
    it('addAlternative() shows the new wording and hides what followed the old one', async () => {
      const { messages } = current()
      const { id, shown } = await told(current(), ['Hi', 'Hello', 'How are you?', 'Fine'])
      const generation = { model: 'm', ttft_ms: 12 }
      const changed = await messages.addAlternative(id('Hello'), wording('Good day', { generation }))
      expect(changed).toMatchObject({
        content: 'Good day',
        message_id: id('Hello'),
        alternative_index: 1,
        alternative_count: 2,
        generation,
      })
      expect(await messages.get(id('Hello'))).toEqual(changed)
      expect(await shown()).toEqual(['Hi', 'Good day'])
    })

    it('selectAlternative() brings the old wording back, and what followed it', async () => {
      const { messages } = current()
      const { id, say, shown } = await told(current(), ['Hi', 'Hello', 'How are you?', 'Fine'])
      await messages.addAlternative(id('Hello'), wording('Good day'))
      await say('Lovely weather')
      expect(await messages.selectAlternative(id('Hello'), 0)).toMatchObject({ content: 'Hello' })
      expect(await shown()).toEqual(['Hi', 'Hello', 'How are you?', 'Fine'])
      await messages.selectAlternative(id('Hello'), 1)
      expect(await shown()).toEqual(['Hi', 'Good day', 'Lovely weather'])
    })

    it('alternatives nest: each keeps its own way on', async () => {
      const { messages } = current()
      const { id, shown } = await told(current(), ['a', 'b', 'c', 'd'])
      await messages.addAlternative(id('c'), wording('C'))
      await messages.addAlternative(id('a'), wording('A'))
      expect(await shown()).toEqual(['A'])
      await messages.selectAlternative(id('a'), 0)
      expect(await shown()).toEqual(['a', 'b', 'C'])
      await messages.selectAlternative(id('c'), 0)
      expect(await shown()).toEqual(['a', 'b', 'c', 'd'])
    })

    it('an edit belongs to the wording that is shown', async () => {
      const { messages } = current()
      const { id, shown } = await told(current(), ['Hello'])
      await messages.addAlternative(id('Hello'), wording('Good day'))
      await messages.update({ message_id: id('Hello'), content: 'Good day!' })
      await messages.selectAlternative(id('Hello'), 0)
      await messages.selectAlternative(id('Hello'), 1)
      expect(await shown()).toEqual(['Good day!'])
    })

    it('alternatives() gives all wordings, the shown one as it is now', async () => {
      const { messages } = current()
      const { id } = await told(current(), ['Hello'])
      const only = await messages.alternatives(id('Hello'))
      expect(only).toMatchObject({ active_index: 0, alternatives: [{ index: 0, content: 'Hello' }] })
      await messages.addAlternative(
        id('Hello'),
        wording('Good day', { is_interrupted: true, unheard: ' to you' }),
      )
      await messages.update({ message_id: id('Hello'), content: 'Good' })
      const { active_index, alternatives } = await messages.alternatives(id('Hello'))
      expect(active_index).toBe(1)
      expect(alternatives.map(({ index, content }) => [index, content])).toEqual([
        [0, 'Hello'],
        [1, 'Good'],
      ])
      expect(Alternative.parse(alternatives[1])).toEqual(alternatives[1])
    })

    it('refuses an alternative that there is not, and one of a message that is not shown', async () => {
      const { messages } = current()
      const { id } = await told(current(), ['a', 'b'])
      await expect(messages.selectAlternative(id('a'), 1)).rejects.toEqual(missing)
      await expect(messages.selectAlternative('nobody', 0)).rejects.toEqual(missing)
      await messages.addAlternative(id('a'), wording('A'))
      await expect(messages.addAlternative(id('b'), wording('B'))).rejects.toEqual(invalid)
    })

    it('delete() takes the alternatives and their hidden ways on along, and leaves what is shown', async () => {
      const { messages } = current()
      const { id, say, shown } = await told(current(), ['a', 'b', 'c'])
      await messages.addAlternative(id('b'), wording('B'))
      await say('d')
      await messages.delete(id('b'))
      expect(await shown()).toEqual(['a', 'd'])
      await expect(messages.get(id('c'))).rejects.toEqual(missing)
    })

    it.each<[string, (messages: Store['messages'], id: string) => Promise<unknown>]>([
      ['said in other words', (messages, id) => messages.addAlternative(id, wording('B'))],
      ['said as it was at first', (messages, id) => messages.selectAlternative(id, 0)],
      ['deleted', (messages, id) => messages.delete(id)],
    ])('a summary is forgotten when something that it tells is %s', async (...[_how, change]) => {
      const { messages, conversations } = current()
      for (const until of ['a', 'b', 'c', 'gone'] as const) {
        const { conversation_id, id, say } = await told(current(), ['a', 'b'])
        await messages.addAlternative(id('b'), wording('b, better'))
        const { message_id: after } = await say('c')
        const summary_until = until === 'c' ? after : until === 'gone' ? 'gone' : id(until)
        await conversations.update({ conversation_id, summary: 'They met.', summary_until })
        await change(messages, id('b'))
        const kept = { summary: 'They met.', summary_until }
        const expected = until === 'a' ? kept : { summary: '', summary_until: null }
        const now = await conversations.get(conversation_id)
        expect({ until, ...now }).toMatchObject({ until, ...expected })
      }
    })

    it('a summary that somebody wrote, and one of which nothing changes, are kept', async () => {
      const { messages, conversations } = current()
      const { conversation_id, id } = await told(current(), ['a', 'b', 'c'])
      await conversations.update({ conversation_id, summary: 'They met.', summary_until: id('b') })
      await messages.selectAlternative(id('a'), 0)
      await messages.delete(id('c'))
      await expect(messages.selectAlternative(id('a'), 7)).rejects.toEqual(missing)
      expect((await conversations.get(conversation_id)).summary).toBe('They met.')
      await conversations.update({ conversation_id, summary: 'Mine.', summary_until: null })
      await messages.delete(id('a'))
      expect((await conversations.get(conversation_id)).summary).toBe('Mine.')
    })

    it('deleting what is out of sight leaves the summary alone', async () => {
      const { messages, conversations } = current()
      const { conversation_id, id, say } = await told(current(), ['a', 'hidden'])
      await messages.addAlternative(id('a'), wording('A'))
      const { message_id: summary_until } = await say('b')
      await conversations.update({ conversation_id, summary: 'They met.', summary_until })
      await messages.delete(id('hidden'))
      expect((await conversations.get(conversation_id)).summary).toBe('They met.')
    })

    it('pages read what is shown only', async () => {
      const { messages } = current()
      const { conversation_id, id } = await told(current(), ['a', 'b', 'c'])
      await messages.addAlternative(id('b'), wording('B'))
      const last = await messages.create(aMessage(conversation_id, 'd'))
      const page = await messages.list({ conversation_id, before: last.message_id, limit: 1 })
      expect(page.map(({ content }) => content)).toEqual(['B'])
    })
  })
}

export function describeBranches(current: () => Store): void {
  describe('branches', () => {
    it('branch() copies what is shown up to the message, and the settings', async () => {
      const { conversations, characters, messages } = current()
      const ada = await characters.create(aCharacter('Ada'))
      const original = await conversations.create(
        ConversationDraft.parse({ title: 'Tea', active_characters: [ada.id], reply_strategy: 'list' }),
      )
      const { conversation_id } = original
      const first = await messages.create({ ...aMessage(conversation_id, 'a'), is_spoken: true })
      const second = await messages.create(aMessage(conversation_id, 'b'))
      await messages.create(aMessage(conversation_id, 'c'))
      await messages.addAlternative(first.message_id, wording('A'))
      await messages.selectAlternative(first.message_id, 0)

      const made = await conversations.branch(second.message_id)
      expect(made).toMatchObject({ title: 'Tea', active_characters: [ada.id], reply_strategy: 'list' })
      expect(made.conversation_id).not.toBe(conversation_id)
      const copies = await messages.list({ conversation_id: made.conversation_id })
      expect(copies.map(({ content }) => content)).toEqual(['a', 'b'])
      expect(copies[0]).toMatchObject({ is_spoken: true, alternative_count: 1, created_at: first.created_at })
      expect(copies[0]?.message_id).not.toBe(first.message_id)
      expect(await messages.list({ conversation_id })).toHaveLength(3)
    })

    it('branch() keeps a summary of what was copied, and only that', async () => {
      const { conversations, messages } = current()
      const { conversation_id, id } = await told(current(), ['a', 'b', 'c'])
      await conversations.update({ conversation_id, summary: 'They met.', summary_until: id('b') })
      const whole = await conversations.branch(id('c'), 'Mine')
      const copies = await messages.list({ conversation_id: whole.conversation_id })
      expect(whole).toMatchObject({
        title: 'Mine',
        summary: 'They met.',
        summary_until: copies[1]?.message_id,
      })
      expect(await conversations.branch(id('a'))).toMatchObject({ summary: '', summary_until: null })
    })

    it('keeps what a prompt left for the next, and forgets it with the conversation', async () => {
      const { conversations } = current()
      const { conversation_id } = await conversations.create(aConversation())
      expect(await conversations.promptMemory(conversation_id)).toBeUndefined()
      await conversations.keepPromptMemory(conversation_id, { cut: 1 })
      await conversations.keepPromptMemory(conversation_id, { cut: [2, 'é'] })
      expect(await conversations.promptMemory(conversation_id)).toEqual({ cut: [2, 'é'] })
      await conversations.delete(conversation_id)
      await conversations.keepPromptMemory(conversation_id, { cut: 3 })
      expect(await conversations.promptMemory(conversation_id)).toBeUndefined()
    })

    it('branch() refuses a message that there is not', async () => {
      await expect(current().conversations.branch('nobody')).rejects.toEqual(missing)
    })
  })
}

export function describePersonas(current: () => Store): void {
  describe('personas', () => {
    it('keeps what it is given, and at most one default', async () => {
      const { personas } = current()
      const kim = await personas.create(PersonaDraft.parse({ name: 'Kim', is_default: true }))
      expect(await personas.get('kim-001')).toEqual(Persona.parse(kim))
      const ann = await personas.create(PersonaDraft.parse({ name: 'Ann', is_default: true }))
      expect((await personas.list()).map(({ name, is_default }) => [name, is_default])).toEqual([
        ['Ann', true],
        ['Kim', false],
      ])
      await personas.update({ persona_id: kim.persona_id, is_default: true, description: 'A sailor' })
      expect((await personas.get(ann.persona_id)).is_default).toBe(false)
      await personas.delete(kim.persona_id)
      await expect(personas.get(kim.persona_id)).rejects.toEqual(missing)
    })

    it('a conversation with a persona that there is not is refused, and nothing is changed', async () => {
      const { conversations } = current()
      const made = await conversations.create(aConversation('Tea'))
      const { conversation_id } = made
      const change = { conversation_id, title: 'Dinner', persona_id: 'nobody' }
      await expect(conversations.update(change)).rejects.toEqual(invalid)
      const draft = ConversationDraft.parse({ persona_id: 'nobody' })
      await expect(conversations.create(draft)).rejects.toEqual(invalid)
      await expect(conversations.ensure('given-out', draft)).rejects.toEqual(invalid)
      expect(await conversations.list({})).toEqual([made])
    })

    it('delete() leaves its conversations without one', async () => {
      const { personas, conversations } = current()
      const { persona_id } = await personas.create(PersonaDraft.parse({ name: 'Kim' }))
      const { conversation_id } = await conversations.create(ConversationDraft.parse({ persona_id }))
      await personas.delete(persona_id)
      expect((await conversations.get(conversation_id)).persona_id).toBeNull()
    })
  })
}

export function describeLorebooks(current: () => Store): void {
  describe('lorebooks', () => {
    it('keeps its entries whole, and lists without them', async () => {
      const { lorebooks } = current()
      const entries = [LoreEntry.parse({ id: '1', keys: ['boat', '/har?bour/i'], content: 'It leaks.' })]
      const book = await lorebooks.create(
        LorebookDraft.parse({ name: 'The harbour', entries, token_budget: 50 }),
      )
      expect(book.lorebook_id).toBe('the-harbour-001')
      expect(Lorebook.parse(await lorebooks.get(book.lorebook_id))).toEqual(book)
      const [head] = await lorebooks.list()
      expect(head).toMatchObject({ name: 'The harbour', entry_count: 1 })
      expect(head).not.toHaveProperty('entries')
      const { lorebook_id, updated_at } = book
      expect(await lorebooks.versions()).toEqual([{ lorebook_id, updated_at, is_global: false }])
      const changed = await lorebooks.update({ lorebook_id: book.lorebook_id, entries: [] })
      expect(await lorebooks.versions()).toEqual([
        { lorebook_id, updated_at: changed.updated_at, is_global: false },
      ])
      expect(changed.entries).toEqual([])
      await lorebooks.delete(book.lorebook_id)
      expect(await lorebooks.list()).toEqual([])
    })
  })
}

async function characterWithNotes(store: Store, texts: readonly string[]) {
  const { id: character_id } = await store.characters.create(aCharacter('Ada'))
  for (const text of texts) await store.notes.create({ character_id, text })
  const find = async (query: string) =>
    (await store.notes.list({ character_id, query })).map(({ text }) => text)
  return { character_id, find }
}

export function describeNotes(current: () => Store): void {
  describe('notes', () => {
    it('finds notes that hold any of the words asked for, best first, stems and accents aside', async () => {
      const { find } = await characterWithNotes(current(), [
        'Kim likes green tea.',
        'Kim is afraid of dogs.',
        'The café is on the quay.',
      ])
      expect(await find('What does Kim like to drink? Tea?')).toEqual([
        'Kim likes green tea.',
        'Kim is afraid of dogs.',
      ])
      expect(await find('dog')).toEqual(['Kim is afraid of dogs.'])
      expect(await find('cafe')).toEqual(['The café is on the quay.'])
      expect(await find('"*) OR NEAR(')).toEqual([])
    })

    it('finds in scripts without spaces', async () => {
      const { find } = await characterWithNotes(current(), ['金さんは緑茶が好き', '犬が怖い'])
      expect(await find('お茶は緑茶？')).toEqual(['金さんは緑茶が好き'])
    })

    it('lists the newest first, keeps characters apart, and follows changes', async () => {
      const { character_id, find } = await characterWithNotes(current(), ['One', 'Two'])
      const { id: other } = await current().characters.create(aCharacter('Bo'))
      expect(await current().notes.list({ character_id: other, query: 'One' })).toEqual([])
      const [newest] = await current().notes.list({ character_id, limit: 1 })
      expect(newest?.text).toBe('Two')
      await current().notes.update({ note_id: newest?.note_id ?? '', text: 'Three' })
      expect(await find('two')).toEqual([])
      expect(await find('three')).toEqual(['Three'])
      await current().notes.delete(newest?.note_id ?? '')
      expect(await find('three')).toEqual([])
    })

    it('refuses a note of nobody, and goes with its character', async () => {
      const { character_id } = await characterWithNotes(current(), ['One'])
      await expect(current().notes.create({ character_id: 'nobody', text: 'x' })).rejects.toEqual(invalid)
      await current().characters.delete(character_id)
      expect(await current().notes.list({ character_id })).toEqual([])
    })
  })
}
