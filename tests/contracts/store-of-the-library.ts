import { describe, expect, it } from 'vitest'
import { type CharacterDraft, CharacterHead, LorebookDraft, LoreEntry, SearchHit } from '#shared/entities.ts'
import { type Store } from '../../backend/store/contract.ts'
import { aCharacter, aConversation, aMessage, aVoice } from '../backend/store/support.ts'

const missing = expect.objectContaining({ code: 'not_found' })
const conflict = (stored: unknown) => expect.objectContaining({ code: 'conflict', stored })
const marked = (hit: SearchHit | undefined) =>
  hit?.snippet.map(({ text, is_match }) => (is_match ? `[${text}]` : text)).join('')

export function describeHeads(current: () => Store): void {
  const named = async (name: string, more: Partial<CharacterDraft> = {}) =>
    current().characters.create({ ...aCharacter(name), ...more })
  type Page = Parameters<Store['characters']['heads']>[0]
  const names = async (page: Page): Promise<string[]> =>
    (await current().characters.heads(page)).heads.map(({ name }) => name)

  describe('heads of characters', () => {
    it('are found by the voice they speak with, as long as it is there', async () => {
      const { characters, voices, trash } = current()
      const { voice_id } = await voices.create(aVoice('Alto'))
      for (const name of ['Ada', 'Bo']) await characters.create({ ...aCharacter(name), voice_id })
      await characters.create(aCharacter('Cy'))
      expect(await current().characters.heads({ voice_id, limit: 1 })).toMatchObject({
        heads: [{ name: 'Ada', voice_id }],
        total: 2,
      })
      expect(await names({ voice_id, query: 'bo' })).toEqual(['Bo'])
      await characters.update({ id: 'bo-001', voice_id: null })
      expect(await names({ voice_id })).toEqual(['Ada'])
      await voices.delete(voice_id)
      expect(await names({ voice_id })).toEqual([])
      await trash.restore(`voice:${voice_id}`)
      expect(await names({ voice_id })).toEqual(['Ada'])
      expect(await names({ voice_id: 'nobody' })).toEqual([])
    })

    it('hold what a card in a list shows, and not the rest', async () => {
      const voice = await current().voices.create(aVoice())
      const nora = await named('Nora', {
        description: `A   lighthouse\nkeeper. ${'She waits. '.repeat(40)}`,
        first_message: 'Evening.',
        alternate_greetings: ['Hi.', 'You again.'],
        lorebook_ids: ['coast'],
        voice_id: voice.voice_id,
        creator: 'mo',
      })
      const { conversation_id } = await current().conversations.create(aConversation('', [nora.id]))
      await current().messages.create(aMessage(conversation_id))
      const { updated_at } = await current().conversations.get(conversation_id)
      const { heads, total } = await current().characters.heads({})
      expect(total).toBe(1)
      expect(CharacterHead.strict().parse(heads[0])).toEqual(heads[0])
      expect(heads[0]).toMatchObject({
        id: nora.id,
        name: 'Nora',
        creator: 'mo',
        voice_id: voice.voice_id,
        greeting_count: 3,
        has_lore: true,
        chat_count: 1,
        last_chat_at: updated_at,
      })
      expect(heads[0]?.tagline).toMatch(/^A lighthouse keeper\. She waits\. /)
      expect(heads[0]?.tagline.length).toBeLessThanOrEqual(160)
      expect(heads[0]?.token_count).toBeGreaterThan(80)
    })

    it('are found by words, phrases, tags and creators, and without what has a minus', async () => {
      await named('Nora Vale', { tags: ['Noir', 'Slow burn'], description: 'Keeps the old lighthouse' })
      await named('Émile', { tags: ['noir'], creator: 'Zoë', creator_notes: 'A house of light' })
      await named('Hugo', { tags: ['comedy'], nickname: 'Hug', first_message: 'lighthouse?' })
      expect(await names({ query: 'lightho' })).toEqual(['Nora Vale'])
      expect(await names({ query: '"old lighthouse"' })).toEqual(['Nora Vale'])
      expect(await names({ query: '"house old"' })).toEqual([])
      expect(await names({ query: 'emi' })).toEqual(['Émile'])
      expect(await names({ query: 'hug' })).toEqual(['Hugo'])
      expect(await names({ query: 'tag:noir' })).toEqual(['Émile', 'Nora Vale'])
      expect(await names({ query: 'tag:noir -light' })).toEqual(['Nora Vale'])
      expect(await names({ query: '-tag:noir' })).toEqual(['Hugo'])
      expect(await names({ query: 'tag:"slow burn" nora' })).toEqual(['Nora Vale'])
      expect(await names({ query: 'tag:com' })).toEqual(['Hugo'])
      expect(await names({ query: 'creator:zoe' })).toEqual(['Émile'])
      expect(await names({ query: 'tag:' })).toHaveLength(3)
    })

    it('are chosen by chips and by ids', async () => {
      const ada = await named('Ada', { tags: ['a', 'b'], is_favourite: true })
      await named('Bo', { tags: ['b'] })
      await named('Cy')
      expect(await names({ tags: ['a', 'B'] })).toEqual(['Ada'])
      expect(await names({ tags: ['a', 'b'], any_tag: true })).toEqual(['Ada', 'Bo'])
      expect(await names({ without_tags: ['a'] })).toEqual(['Bo', 'Cy'])
      expect(await names({ favourites: true })).toEqual(['Ada'])
      expect(await names({ ids: [ada.id, 'nobody'], query: 'unlikely' })).toEqual(['Ada'])
    })

    it('are sorted as asked, page by page', async () => {
      const ada = await named('Ada')
      const bo = await named('Bo', { description: 'long '.repeat(50), is_favourite: true })
      await named('Cy')
      for (const cast of [[ada.id], [bo.id, ada.id]]) {
        await current().conversations.create(aConversation('', cast))
      }
      const { conversation_id } = await current().conversations.create(aConversation('', [bo.id]))
      await current().characters.update({ id: ada.id, personality: 'calm' })
      expect(await names({ sort: 'name' })).toEqual(['Ada', 'Bo', 'Cy'])
      expect(await names({ sort: 'recent' })).toEqual(['Bo', 'Ada', 'Cy'])
      expect(await names({ sort: 'chats' })).toEqual(['Ada', 'Bo', 'Cy'])
      expect(await names({ sort: 'created' })).toEqual(['Cy', 'Bo', 'Ada'])
      expect(await names({ sort: 'updated' })).toEqual(['Ada', 'Cy', 'Bo'])
      expect(await names({ sort: 'tokens' })).toEqual(['Bo', 'Ada', 'Cy'])
      expect(await names({ sort: 'favourite' })).toEqual(['Bo', 'Ada', 'Cy'])
      const page = await current().characters.heads({ sort: 'name', offset: 1, limit: 1 })
      expect([page.total, page.heads.map(({ name }) => name)]).toEqual([3, ['Bo']])
      await current().conversations.delete(conversation_id)
      expect(await names({ sort: 'recent' })).toEqual(['Ada', 'Bo', 'Cy'])
    })

    it('are as the characters are now', async () => {
      const ada = await named('Ada')
      for (const name of ['Bo', 'Cy', 'Di', 'Ed']) await named(name)
      expect(await names({})).toEqual(['Ada', 'Bo', 'Cy', 'Di', 'Ed'])
      await current().characters.update({ id: ada.id, name: 'Zed' })
      expect(await names({})).toEqual(['Bo', 'Cy', 'Di', 'Ed', 'Zed'])
      await current().characters.delete(ada.id)
      expect(await names({})).toEqual(['Bo', 'Cy', 'Di', 'Ed'])
      await current().trash.restore(`character:${ada.id}`)
      expect(await names({})).toEqual(['Bo', 'Cy', 'Di', 'Ed', 'Zed'])
    })

    it('tags() counts them, whatever their capitals', async () => {
      await named('Ada', { tags: ['noir', 'sea'] })
      await named('Bo', { tags: ['Noir'] })
      const gone = await named('Cy', { tags: ['noir', 'gone'] })
      await current().characters.delete(gone.id)
      expect(await current().characters.tags()).toEqual([
        { tag: 'noir', count: 2 },
        { tag: 'sea', count: 1 },
      ])
    })

    it('change() changes many at once and tells which', async () => {
      const ada = await named('Ada', { tags: ['old', 'both'] })
      const bo = await named('Bo', { tags: ['Both', 'new'] })
      const ids = [ada.id, bo.id, 'nobody']
      const change = { ids, add_tags: ['new', 'both'], remove_tags: ['OLD'] }
      expect(await current().characters.change(change)).toEqual([ada.id])
      expect((await current().characters.get(ada.id)).tags).toEqual(['both', 'new'])
      expect((await current().characters.get(bo.id)).tags).toEqual(['Both', 'new'])
      expect((await current().characters.get(ada.id)).revision).toBe(2)
      expect(await current().characters.change({ ids, is_favourite: true })).toEqual([ada.id, bo.id])
      expect(await current().characters.change({ ids, delete: true })).toEqual([ada.id, bo.id])
      expect(await current().characters.list()).toEqual([])
      expect(await current().trash.list({})).toHaveLength(2)
    })
  })
}

export function describePlaces(current: () => Store): void {
  const told = async (count: number) => {
    const { conversation_id } = await current().conversations.create(aConversation())
    const ids: string[] = []
    for (let i = 0; i < count; i++) {
      ids.push((await current().messages.create(aMessage(conversation_id, `m${i}`))).message_id)
    }
    type Page = Omit<Parameters<Store['messages']['list']>[0], 'conversation_id'>
    const page = async (wanted: Page) =>
      (await current().messages.list({ conversation_id, ...wanted })).map(({ content }) => content).join(' ')
    return { conversation_id, ids, page }
  }

  describe('places in a conversation', () => {
    it('list() gives the page after a message, around one, and from an index', async () => {
      const { ids, page } = await told(9)
      expect(await page({ after: ids[3], limit: 2 })).toBe('m4 m5')
      expect(await page({ after: ids[8] })).toBe('')
      expect(await page({ around: ids[4], limit: 3 })).toBe('m3 m4 m5')
      expect(await page({ around: ids[0], limit: 3 })).toBe('m0 m1 m2')
      expect(await page({ around: ids[8], limit: 4 })).toBe('m5 m6 m7 m8')
      expect(await page({ offset: 1, limit: 3 })).toBe('m1 m2 m3')
      expect(await page({ offset: 7, limit: 5 })).toBe('m7 m8')
      expect(await page({ offset: 9 })).toBe('')
      await expect(page({ around: 'nobody' })).rejects.toEqual(missing)
    })

    it('locate() counts what is shown', async () => {
      const { conversation_id, ids, page } = await told(5)
      const { messages } = current()
      await messages.delete(ids[1] ?? '')
      expect(await messages.locate(conversation_id)).toEqual({ conversation_id, count: 4, index: null })
      expect(await messages.locate(conversation_id, ids[3])).toMatchObject({ count: 4, index: 2 })
      expect(await page({ offset: 2, limit: 1 })).toBe('m3')
      const other = { content: 'other', unheard: '', is_interrupted: false, generation: null, tool_uses: [] }
      await messages.addAlternative(ids[2] ?? '', other)
      expect(await messages.locate(conversation_id, ids[3])).toMatchObject({ count: 2, index: null })
      await expect(messages.locate(conversation_id, ids[1])).rejects.toEqual(missing)
      await expect(messages.locate('nowhere')).rejects.toEqual(missing)
    })

    it('conversations are out of the way in the archive, and found by who is in them', async () => {
      const { conversations, characters } = current()
      const ada = await characters.create(aCharacter('Ada'))
      await conversations.create(aConversation('plain'))
      await conversations.create(aConversation('with Ada', [ada.id]))
      const old = await conversations.create({ ...aConversation('old', [ada.id]), is_archived: true })
      type Page = Parameters<Store['conversations']['list']>[0]
      const titles = async (page: Page) => (await conversations.list(page)).map(({ title }) => title)
      expect(await titles({})).toEqual(['with Ada', 'plain'])
      expect(await titles({ archived: true })).toEqual(['old'])
      expect(await titles({ archived: null })).toEqual(['old', 'with Ada', 'plain'])
      expect(await titles({ archived: null, character_id: ada.id })).toEqual(['old', 'with Ada'])
      await conversations.update({ conversation_id: old.conversation_id, is_archived: false })
      expect(await titles({ character_id: ada.id, query: 'old' })).toEqual(['old'])
    })
  })
}

export function describeRevisions(current: () => Store): void {
  describe('revisions', () => {
    it('a change of what somebody else has changed is refused, with what is stored', async () => {
      const { characters, messages, conversations } = current()
      const nora = await characters.create(aCharacter())
      const mine = await characters.update({ id: nora.id, name: 'Mine', revision: 1 })
      expect(mine.revision).toBe(2)
      await expect(characters.update({ id: nora.id, name: 'Yours', revision: 1 })).rejects.toEqual(
        conflict(mine),
      )
      expect(await characters.get(nora.id)).toEqual(mine)
      const { conversation_id } = await conversations.create(aConversation())
      const said = await messages.create(aMessage(conversation_id))
      const { message_id } = said
      const edited = await messages.update({ message_id, content: 'x', revision: 1 })
      await expect(messages.update({ message_id, content: 'y', revision: 1 })).rejects.toEqual(
        conflict(edited),
      )
    })

    it('another wording is a change of the message, too', async () => {
      const { messages, conversations } = current()
      const { conversation_id } = await conversations.create(aConversation())
      const { message_id } = await messages.create(aMessage(conversation_id))
      const other = { content: 'b', unheard: '', is_interrupted: false, generation: null, tool_uses: [] }
      expect((await messages.addAlternative(message_id, other)).revision).toBe(2)
      expect((await messages.selectAlternative(message_id, 0)).revision).toBe(3)
    })

    it('what the machine notes down beside a conversation is nobody’s change', async () => {
      const { messages, conversations } = current()
      const { conversation_id } = await conversations.create(aConversation())
      const { message_id } = await messages.create(aMessage(conversation_id))
      const kept = { summary: 'They met.', summary_until: message_id }
      expect(await conversations.keepSummary(conversation_id, kept)).toMatchObject({ ...kept, revision: 1 })
      await messages.delete(message_id)
      const renamed = await conversations.update({ conversation_id, title: 'Tea', revision: 1 })
      expect(renamed).toMatchObject({ title: 'Tea', summary: '' })
      await expect(conversations.keepSummary('nowhere', kept)).rejects.toEqual(missing)
    })
  })
}

export function describeSearch(current: () => Store): void {
  const found = async (question: Parameters<Store['search']>[0]) => current().search(question)
  const ids = async (query: string, kind?: SearchHit['kind']) =>
    (await found({ query, kind })).map(({ id }) => id)

  describe('search', () => {
    it('finds what was said, newest first, and marks it', async () => {
      const { conversations, messages, characters } = current()
      const ada = await characters.create(aCharacter('Ada'))
      const { conversation_id } = await conversations.create(aConversation('Tea', [ada.id]))
      const first = await messages.create(aMessage(conversation_id, 'The Café was closed.'))
      const second = await messages.create({
        ...aMessage(conversation_id, `${'x '.repeat(200)}\nthe cafes of Paris`),
        character_id: ada.id,
        name: 'Ada',
      })
      const hits = await found({ query: 'cafe', kind: 'message' })
      for (const hit of hits) expect(SearchHit.parse(hit)).toEqual(hit)
      expect(hits.map(({ id }) => id)).toEqual([second.message_id, first.message_id])
      expect(hits[0]).toMatchObject({ conversation_id, character_id: ada.id, title: 'Ada', kind: 'message' })
      expect(marked(hits[1])).toBe('The [Café] was closed.')
      expect(marked(hits[0])).toMatch(/^(x )+the \[cafes\] of Paris$/)
      expect(await ids('"cafe was"')).toEqual([first.message_id])
      expect(await ids('cafe -paris', 'message')).toEqual([first.message_id])
      expect(await ids('the')).toHaveLength(2)
      expect(await found({ query: 'cafe', kind: 'message', limit: 1, offset: 1 })).toEqual([hits[1]])
    })

    it('finds scripts without spaces by one letter, by two, and by more', async () => {
      const { conversations, messages } = current()
      const { conversation_id } = await conversations.create(aConversation('紅茶の話'))
      const tea = await messages.create(aMessage(conversation_id, '私は紅茶が好きです。GPTも好き'))
      const thai = await messages.create(aMessage(conversation_id, 'ฉันชอบกินข้าว'))
      const korean = await messages.create(aMessage(conversation_id, '오늘 날씨가 좋다'))
      for (const query of ['紅', '紅茶', '紅茶が好', 'は紅茶が好きで', 'す', 'gpt', 'GPTも好', '好 紅茶']) {
        expect([query, await ids(query, 'message')]).toEqual([query, [tea.message_id]])
      }
      for (const query of ['茶紅', '紅好', '緑茶']) expect([query, await ids(query)]).toEqual([query, []])
      expect(await ids('กินข้าว')).toEqual([thai.message_id])
      expect(await ids('날씨')).toEqual([korean.message_id])
      expect(marked((await found({ query: '紅茶', kind: 'message' }))[0])).toContain('は[紅茶]が')
      expect(await ids('茶の', 'conversation')).toEqual([conversation_id])
    })

    it('finds everything else by its names and texts, and says what it is', async () => {
      const { characters, conversations, lorebooks, messages } = current()
      const nora = await characters.create({
        ...aCharacter('Nora'),
        first_message: 'Mind the harbour step.',
        tags: ['noir'],
      })
      const { conversation_id } = await conversations.create(aConversation('Harbour at night'))
      const entry = LoreEntry.parse({ id: 'e', keys: ['pier'], content: 'The harbour freezes in May.' })
      const coast = await lorebooks.create(LorebookDraft.parse({ name: 'Coast', entries: [entry] }))
      const said = await messages.create(aMessage(conversation_id, 'To the harbour!'))
      const hits = await found({ query: 'harbour' })
      expect(hits.map(({ kind, id }) => [kind, id])).toEqual([
        ['character', nora.id],
        ['conversation', conversation_id],
        ['lorebook', coast.lorebook_id],
        ['message', said.message_id],
      ])
      expect(hits.map(({ title }) => title)).toEqual(['Nora', 'Harbour at night', 'Coast', ''])
      expect(marked(hits[2])).toContain('The [harbour] freezes')
      expect(await found({ query: 'harbour', offset: 2, limit: 1 })).toEqual([hits[2]])
      expect(await found({ query: 'harbour', offset: 3 })).toEqual([hits[3]])
      expect(await ids('pier', 'lorebook')).toEqual([coast.lorebook_id])
      await lorebooks.update({ lorebook_id: coast.lorebook_id, entries: [] })
      expect(await ids('pier', 'lorebook')).toEqual([])
    })

    it('shows tags and greetings as people write them, and no word cut off', async () => {
      await current().characters.create({
        ...aCharacter('Nora'),
        alternate_greetings: [`Ahoy! ${'Slowly does it. '.repeat(40)}`],
        tags: ['noir', 'dry wit'],
      })
      const [byTag] = await found({ query: 'wit', kind: 'character' })
      expect(marked(byTag)).toMatch(/(^| · )noir, dry \[wit\] · (.+ · )?Ahoy! (Slowly|does|it\.| )+$/)
      expect(marked(byTag)).not.toMatch(/["{]/)
    })

    it('stays in one conversation if it is told which', async () => {
      const { conversations, messages } = current()
      const here = (await conversations.create(aConversation())).conversation_id
      const there = (await conversations.create(aConversation())).conversation_id
      const said = await messages.create(aMessage(here, 'tea'))
      await messages.create(aMessage(there, 'tea'))
      const hits = await found({ query: 'tea', conversation_id: here })
      expect(hits.map(({ id }) => id)).toEqual([said.message_id])
      expect(await found({ query: 'tea', conversation_id: 'nowhere' })).toEqual([])
    })

    it('finds neither what is in the trash nor what is not shown', async () => {
      const { conversations, messages, characters, trash } = current()
      const nora = await characters.create(aCharacter('Tealover'))
      const { conversation_id } = await conversations.create(aConversation('teatime'))
      const first = await messages.create(aMessage(conversation_id, 'tea one'))
      await messages.create(aMessage(conversation_id, 'tea two'))
      const other = { content: 'coffee', unheard: '', is_interrupted: false, generation: null, tool_uses: [] }
      await messages.addAlternative(first.message_id, other)
      expect(await ids('tea', 'message')).toEqual([])
      await messages.selectAlternative(first.message_id, 0)
      await messages.delete(first.message_id)
      expect(await ids('tea one')).toEqual([])
      await characters.delete(nora.id)
      await conversations.delete(conversation_id)
      expect(await ids('tea')).toEqual([])
      await trash.restore(`conversation:${conversation_id}`)
      expect(await ids('tea')).toHaveLength(2)
      await trash.restore(`message:${first.message_id}`)
      expect(await ids('tea one')).toEqual([first.message_id])
    })

    it.each(['', '   ', '"', '-tea', '🎭', 'tag:', '\0', '\ud83c', 'NEAR(a b', 'content:"', "'; --"])(
      'answers %j',
      async (query) => {
        const { conversation_id } = await current().conversations.create(aConversation('a'))
        await current().messages.create(aMessage(conversation_id, 'half \ud83c of \0 a clef'))
        expect(Array.isArray(await found({ query }))).toBe(true)
        expect(await ids('clef')).toHaveLength(1)
      },
    )
  })
}
