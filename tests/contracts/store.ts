import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Character, Conversation, Message, Voice } from '#shared/entities.ts'
import { type Store } from '../../backend/store/contract.ts'
import { aCharacter, aConversation, aMessage, aVoice, someStarters } from '../backend/store/support.ts'
import {
  describeAlternatives,
  describeBranches,
  describeLorebooks,
  describeNotes,
  describePersonas,
} from './store-of-the-mind.ts'
import { describeHeads, describePlaces, describeRevisions, describeSearch } from './store-of-the-library.ts'
import { describeTrash } from './store-of-the-trash.ts'

/** What every store must do. `open` gives an empty one whose clock moves with each look at it. */
export function describeStore(name: string, open: () => Promise<Store>): void {
  describe(`the store contract: ${name}`, () => {
    let store: Store
    beforeEach(async () => {
      store = await open()
    })
    afterEach(() => store[Symbol.asyncDispose]())
    const current = (): Store => store

    describeVoices(current)
    describeCharacters(current)
    describeConversations(current)
    describeMessages(current)
    describeAlternatives(current)
    describeBranches(current)
    describePersonas(current)
    describeLorebooks(current)
    describeNotes(current)
    describeSeeding(current)
    describeHeads(current)
    describePlaces(current)
    describeRevisions(current)
    describeSearch(current)
    describeTrash(current)
  })
}

const missing = expect.objectContaining({ code: 'not_found' })
const invalid = expect.objectContaining({ code: 'invalid' })

function describeVoices(current: () => Store): void {
  describe('voices', () => {
    it('get() gives what create() was given, with an id and stamps', async () => {
      const draft = { ...aVoice('Álto'), settings: { engine_voice: 'rms', pitch: 1.2 }, ref_text: 'é “ü” 🎭' }
      const voice = await current().voices.create(draft)
      expect(voice).toMatchObject({ ...draft, voice_id: 'alto-001' })
      expect(await current().voices.get('alto-001')).toEqual(Voice.parse(voice))
    })

    it('list() keeps the order of creation', async () => {
      for (const name of ['Zed', 'Alf', 'Mo']) await current().voices.create(aVoice(name))
      const names = (await current().voices.list()).map((voice) => voice.voice_name)
      expect(names).toEqual(['Zed', 'Alf', 'Mo'])
    })

    it('update() changes what is given and nothing else', async () => {
      const voice = await current().voices.create({ ...aVoice(), method: 'flite', settings: { speed: 2 } })
      const changed = await current().voices.update({
        voice_id: voice.voice_id,
        settings: { pitch: 1.5 },
        method: undefined,
      })
      expect(changed).toEqual({
        ...voice,
        settings: { pitch: 1.5 },
        revision: 2,
        updated_at: changed.updated_at,
      })
      expect(changed.updated_at > voice.updated_at).toBe(true)
      expect(await current().voices.get(voice.voice_id)).toEqual(changed)
    })

    it('delete() lets its characters fall back to the first voice', async () => {
      const voice = await current().voices.create(aVoice())
      const nora = await current().characters.create({ ...aCharacter(), voice_id: voice.voice_id })
      await current().voices.delete(voice.voice_id)
      expect((await current().characters.get(nora.id)).voice_id).toBeNull()
    })

    it('says that a voice does not exist', async () => {
      await expect(current().voices.get('x')).rejects.toEqual(missing)
      await expect(current().voices.update({ voice_id: 'x' })).rejects.toEqual(missing)
      await expect(current().voices.delete('x')).rejects.toEqual(missing)
    })
  })
}

function describeCharacters(current: () => Store): void {
  describe('characters', () => {
    it('get() gives what create() was given, lists and flags included', async () => {
      const draft = {
        ...aCharacter('Nora'),
        tags: ['dry', 'wit "quoted"', '日本'],
        alternate_greetings: ['Hi.', ''],
        images: ['/a.png'],
        is_favourite: true,
        color: '#c05a3c',
      }
      const nora = await current().characters.create(draft)
      expect(nora).toMatchObject(draft)
      expect(await current().characters.get(nora.id)).toEqual(Character.parse(nora))
    })

    it('create() numbers the slugs of names', async () => {
      const names = ['Nora', 'nora', 'Nora Vale', 'Zoë', 'Ада', '弁士', 'が', '🎭', "O'Hara & Co."]
      const ids: string[] = []
      for (const name of names) ids.push((await current().characters.create(aCharacter(name))).id)
      expect(ids).toEqual([
        'nora-001',
        'nora-002',
        'nora-vale-001',
        'zoe-001',
        'ада-001',
        '弁士-001',
        'が-001',
        'character-001',
        'ohara-co-001',
      ])
    })

    it('list() is by name, as people sort names', async () => {
      for (const name of ['Zoe', 'émile', 'Adam', 'Émile', 'Bot 10', 'Bot 9']) {
        await current().characters.create(aCharacter(name))
      }
      const names = (await current().characters.list()).map((character) => character.name)
      expect(names).toEqual(['Adam', 'Bot 9', 'Bot 10', 'émile', 'Émile', 'Zoe'])
    })

    it('getMany() keeps the order asked for and leaves out who does not exist', async () => {
      const ada = await current().characters.create(aCharacter('Ada'))
      const bo = await current().characters.create(aCharacter('Bo'))
      const found = await current().characters.getMany([bo.id, 'nobody', ada.id])
      expect(found.map((character) => character.name)).toEqual(['Bo', 'Ada'])
    })

    it('refuses a voice that does not exist', async () => {
      await expect(current().characters.create({ ...aCharacter(), voice_id: 'x' })).rejects.toEqual(invalid)
      const nora = await current().characters.create(aCharacter())
      await expect(current().characters.update({ id: nora.id, voice_id: 'x' })).rejects.toEqual(invalid)
      expect((await current().characters.get(nora.id)).voice_id).toBeNull()
    })

    it('delete() takes it out of casts and leaves its messages', async () => {
      const { characters, conversations, messages } = current()
      const ada = await characters.create(aCharacter('Ada'))
      const bo = await characters.create(aCharacter('Bo'))
      const { conversation_id } = await conversations.create(aConversation('', [ada.id, bo.id]))
      const said = await messages.create({ ...aMessage(conversation_id), character_id: ada.id, name: 'Ada' })
      await characters.delete(ada.id)
      expect((await conversations.get(conversation_id)).active_characters).toEqual([bo.id])
      expect(await messages.get(said.message_id)).toMatchObject({ name: 'Ada', content: 'Hello' })
      await expect(characters.get(ada.id)).rejects.toEqual(missing)
    })

    it('says that a character does not exist', async () => {
      await expect(current().characters.get('x')).rejects.toEqual(missing)
      await expect(current().characters.update({ id: 'x' })).rejects.toEqual(missing)
      await expect(current().characters.delete('x')).rejects.toEqual(missing)
    })
  })
}

function describeConversations(current: () => Store): void {
  describe('conversations', () => {
    it('create() keeps the cast in speaking order, each once', async () => {
      const ada = await current().characters.create(aCharacter('Ada'))
      const bo = await current().characters.create(aCharacter('Bo'))
      const made = await current().conversations.create(aConversation('Tea', [bo.id, ada.id, bo.id]))
      expect(made).toMatchObject({ title: 'Tea', active_characters: [bo.id, ada.id] })
      expect(await current().conversations.get(made.conversation_id)).toEqual(Conversation.parse(made))
    })

    it('a cast with an unknown character is refused and changes nothing', async () => {
      const ada = await current().characters.create(aCharacter('Ada'))
      const made = await current().conversations.create(aConversation('Tea', [ada.id]))
      const { conversation_id } = made
      const change = { conversation_id, title: 'Dinner', active_characters: [ada.id, 'nobody'] }
      await expect(current().conversations.update(change)).rejects.toEqual(invalid)
      await expect(current().conversations.create(aConversation('', ['nobody']))).rejects.toEqual(invalid)
      expect(await current().conversations.list({})).toEqual([made])
    })

    it('update() changes title and cast apart from each other', async () => {
      const ada = await current().characters.create(aCharacter('Ada'))
      const { conversation_id } = await current().conversations.create(aConversation('Tea', [ada.id]))
      const renamed = await current().conversations.update({ conversation_id, title: 'Coffee' })
      expect(renamed).toMatchObject({ title: 'Coffee', active_characters: [ada.id] })
      const emptied = await current().conversations.update({ conversation_id, active_characters: [] })
      expect(emptied).toMatchObject({ title: 'Coffee', active_characters: [] })
    })

    it('ensure() makes it once, under the id that was given out', async () => {
      expect(await current().conversations.find('given-out')).toBeUndefined()
      const made = await current().conversations.ensure('given-out', aConversation('First'))
      expect(made).toMatchObject({ conversation_id: 'given-out', title: 'First' })
      expect(await current().conversations.ensure('given-out', aConversation('Second'))).toEqual(made)
      expect(await current().conversations.find('given-out')).toEqual(made)
    })

    it('list() is by last use, and a new message is a use', async () => {
      const { conversations, messages } = current()
      const first = await conversations.create(aConversation('first'))
      await conversations.create(aConversation('second'))
      const before = await conversations.get(first.conversation_id)
      await messages.create(aMessage(first.conversation_id))
      const [top] = await conversations.list({})
      expect(top?.title).toBe('first')
      expect((top?.updated_at ?? '') > before.updated_at).toBe(true)
    })

    it('list() pages by offset and by key to the same whole', async () => {
      const { conversations } = current()
      for (let i = 0; i < 7; i++) await conversations.create(aConversation(`c${i}`))
      const whole = await conversations.list({})
      expect(whole.map((conversation) => conversation.title)).toEqual([
        'c6',
        'c5',
        'c4',
        'c3',
        'c2',
        'c1',
        'c0',
      ])
      expect(await conversations.list({ limit: 3, offset: 3 })).toEqual(whole.slice(3, 6))
      const before = whole[2]?.conversation_id
      expect(await conversations.list({ limit: 3, before })).toEqual(whole.slice(3, 6))
      await expect(conversations.list({ before: 'x' })).rejects.toEqual(missing)
    })

    it('list() finds words in titles and messages, the last one unfinished', async () => {
      const { conversations, messages } = current()
      const storm = await conversations.create(aConversation('The Storm'))
      const tea = await conversations.create(aConversation('Über den Tee'))
      await messages.create(aMessage(tea.conversation_id, 'Zwei Stück Zucker, bitte. 私は紅茶が好きです'))
      const titles = async (query: string): Promise<string[]> =>
        (await conversations.list({ query })).map((conversation) => conversation.title)
      expect(await titles('storm')).toEqual(['The Storm'])
      expect(await titles('the sto')).toEqual(['The Storm'])
      expect(await titles('uber')).toEqual(['Über den Tee'])
      expect(await titles('zucker zw')).toEqual(['Über den Tee'])
      expect(await titles('紅茶')).toEqual(['Über den Tee'])
      expect(await titles('sto the')).toEqual([])
      expect(await titles('coffee')).toEqual([])
      expect(await titles('???')).toEqual([])
      expect(await titles('  ')).toHaveLength(2)
      await conversations.update({ conversation_id: storm.conversation_id, title: 'Calm' })
      expect(await titles('storm')).toEqual([])
      expect(await titles('calm')).toEqual(['Calm'])
    })

    it('delete() takes its messages with it, out of the search too', async () => {
      const { conversations, messages } = current()
      const { conversation_id } = await conversations.create(aConversation('gone'))
      const said = await messages.create(aMessage(conversation_id, 'unmistakable'))
      await conversations.delete(conversation_id)
      await expect(messages.get(said.message_id)).rejects.toEqual(missing)
      await expect(conversations.get(conversation_id)).rejects.toEqual(missing)
      await conversations.ensure(conversation_id, aConversation('again'))
      const next = await messages.create(aMessage(conversation_id, 'something else'))
      expect(await conversations.list({ query: 'unmistakable' })).toEqual([])
      expect(await conversations.list({ query: 'gone' })).toEqual([])
      expect(await messages.list({ conversation_id })).toEqual([next])
    })
  })
}

const contents = (page: Message[]): string[] => page.map((message) => message.content)

function describeMessages(current: () => Store): void {
  const opened = async (): Promise<string> =>
    (await current().conversations.create(aConversation())).conversation_id

  describe('messages', () => {
    it('get() gives what create() was given', async () => {
      const draft = {
        ...aMessage(await opened(), 'Ünïcode 🎭 𝕏 "quotes"; DROP TABLE messages; --'),
        is_interrupted: true,
        unheard: 'and so\non',
        is_spoken: true,
        name: 'Me',
      }
      const message = await current().messages.create(draft)
      expect(message).toMatchObject(draft)
      expect(await current().messages.get(message.message_id)).toEqual(Message.parse(message))
    })

    it('createAs() keeps the id given out, once', async () => {
      const conversation_id = await opened()
      await current().messages.createAs('mine', aMessage(conversation_id, 'one'))
      const again = current().messages.createAs('mine', aMessage(conversation_id, 'two'))
      await expect(again).rejects.toEqual(expect.objectContaining({ code: 'conflict' }))
      expect(contents(await current().messages.list({ conversation_id }))).toEqual(['one'])
    })

    it('keeps the name and drops the id of a speaker who is gone', async () => {
      const draft = { ...aMessage(await opened()), character_id: 'gone-001', name: 'Gone' }
      expect(await current().messages.create(draft)).toMatchObject({ character_id: null, name: 'Gone' })
    })

    it('list() gives the newest page, oldest first, and older pages by key', async () => {
      const conversation_id = await opened()
      const other = await opened()
      for (let i = 0; i < 7; i++) {
        await current().messages.create(aMessage(conversation_id, `m${i}`))
        await current().messages.create(aMessage(other, 'elsewhere'))
      }
      const newest = await current().messages.list({ conversation_id, limit: 3 })
      expect(contents(newest)).toEqual(['m4', 'm5', 'm6'])
      const before = newest[0]?.message_id
      await current().messages.create(aMessage(conversation_id, 'm7'))
      const older = await current().messages.list({ conversation_id, limit: 3, before })
      expect(contents(older)).toEqual(['m1', 'm2', 'm3'])
      const oldest = { conversation_id, limit: 3, before: older[0]?.message_id }
      expect(contents(await current().messages.list(oldest))).toEqual(['m0'])
      await expect(current().messages.list({ conversation_id: other, before })).rejects.toEqual(missing)
    })

    it('update() changes what is given and keeps the place', async () => {
      const conversation_id = await opened()
      const first = await current().messages.create(aMessage(conversation_id, 'A long reply'))
      await current().messages.create(aMessage(conversation_id, 'next'))
      const { message_id } = first
      const cut = await current().messages.update({
        message_id,
        content: 'A',
        unheard: ' long reply',
        is_interrupted: true,
      })
      expect(cut).toMatchObject({ content: 'A', unheard: ' long reply', created_at: first.created_at })
      expect(contents(await current().messages.list({ conversation_id }))).toEqual(['A', 'next'])
      expect(await current().conversations.list({ query: 'reply' })).toEqual([])
    })

    it('delete() names the conversation', async () => {
      const conversation_id = await opened()
      const { message_id } = await current().messages.create(aMessage(conversation_id))
      expect(await current().messages.delete(message_id)).toEqual({ conversationId: conversation_id })
      await expect(current().messages.delete(message_id)).rejects.toEqual(missing)
    })

    it('says that a message or its conversation does not exist', async () => {
      await expect(current().messages.get('x')).rejects.toEqual(missing)
      await expect(current().messages.update({ message_id: 'x' })).rejects.toEqual(missing)
      await expect(current().messages.create(aMessage('x'))).rejects.toEqual(missing)
      await expect(current().messages.list({ conversation_id: 'x' })).rejects.toEqual(missing)
    })

    it('flush() resolves after any number of writes and calls', async () => {
      const conversation_id = await opened()
      const writes = Array.from({ length: 20 }, async () => {
        await current().messages.create(aMessage(conversation_id))
        await current().flush()
      })
      await expect(Promise.all(writes)).resolves.toHaveLength(20)
    })
  })
}

function describeSeeding(current: () => Store): void {
  describe('seed()', () => {
    it('fills a new store, in order', async () => {
      expect(await current().seed(someStarters)).toBe(true)
      expect((await current().voices.list()).map((voice) => voice.voice_id)).toEqual(['low', 'high'])
      const cast = (await current().conversations.get('welcome')).active_characters
      expect(cast).toEqual(['ada-001', 'bo-001'])
      const messages = await current().messages.list({ conversation_id: 'welcome' })
      expect(messages.map((message) => message.content)).toEqual(['Good evening.', 'Hello, Ada.'])
    })

    it('never does so twice: what was deleted stays deleted', async () => {
      await current().seed(someStarters)
      await current().conversations.delete('welcome')
      for (const { id } of await current().characters.list()) await current().characters.delete(id)
      for (const { voice_id } of await current().voices.list()) await current().voices.delete(voice_id)
      expect(await current().seed(someStarters)).toBe(false)
      expect(await current().characters.list()).toEqual([])
    })

    it('leaves a store alone that is in use', async () => {
      await current().characters.create(aCharacter())
      expect(await current().seed(someStarters)).toBe(false)
      expect(await current().characters.list()).toHaveLength(1)
    })

    it('puts in all or nothing', async () => {
      const broken = { ...someStarters, messages: [aMessage('elsewhere')] }
      await expect(current().seed(broken)).rejects.toEqual(missing)
      expect(await current().characters.list()).toEqual([])
      expect(await current().seed(someStarters)).toBe(true)
    })
  })
}
