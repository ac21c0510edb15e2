import { describe, expect, it } from 'vitest'
import { type CharacterDraft, LorebookDraft, PersonaDraft, TrashItem } from '#shared/entities.ts'
import { type Store } from '../../backend/store/contract.ts'
import { aCharacter, aConversation, aMessage, aVoice } from '../backend/store/support.ts'

const missing = expect.objectContaining({ code: 'not_found' })
const later = new Date('2099-01-01')
const wording = (content: string) => ({
  content,
  unheard: '',
  is_interrupted: false,
  generation: null,
  tool_uses: [],
})

export function describeTrash(current: () => Store): void {
  const inTrash = async () => (await current().trash.list({})).map(({ trash_id }) => trash_id)

  describe('trash', () => {
    it('holds what was deleted, last first, until it is restored or gone for good', async () => {
      const { characters, voices, personas, lorebooks, trash } = current()
      const nora = await characters.create(aCharacter('Nora'))
      const alto = await voices.create(aVoice('Alto'))
      const kim = await personas.create(PersonaDraft.parse({ name: 'Kim' }))
      const coast = await lorebooks.create(LorebookDraft.parse({ name: 'Coast' }))
      await characters.delete(nora.id)
      await voices.delete(alto.voice_id)
      await personas.delete(kim.persona_id)
      await lorebooks.delete(coast.lorebook_id)
      const items = await trash.list({})
      for (const item of items) expect(TrashItem.parse(item)).toEqual(item)
      expect(items.map(({ kind, id, name }) => [kind, id, name])).toEqual([
        ['lorebook', coast.lorebook_id, 'Coast'],
        ['persona', kim.persona_id, 'Kim'],
        ['voice', alto.voice_id, 'Alto'],
        ['character', nora.id, 'Nora'],
      ])
      const { deleted_at = '', expires_at = '' } = items[0] ?? {}
      expect(Date.parse(expires_at) - Date.parse(deleted_at)).toBe(30 * 86_400_000)
      expect(await trash.list({ kind: 'voice' })).toEqual([items[2]])
      expect(await trash.list({ limit: 2, offset: 1 })).toEqual(items.slice(1, 3))
      expect(await trash.restore(`character:${nora.id}`)).toEqual(items[3])
      expect(await characters.get(nora.id)).toEqual(nora)
      await trash.delete(`voice:${alto.voice_id}`)
      expect(await inTrash()).toEqual([`lorebook:${coast.lorebook_id}`, `persona:${kim.persona_id}`])
      for (const id of [`voice:${alto.voice_id}`, `character:${nora.id}`, 'message:x', 'x', 'x:y', '']) {
        await expect(trash.restore(id)).rejects.toEqual(missing)
        await expect(trash.delete(id)).rejects.toEqual(missing)
      }
    })

    it('an id in the trash is not given to anybody else', async () => {
      const nora = await current().characters.create(aCharacter('Nora'))
      await current().characters.delete(nora.id)
      expect((await current().characters.create(aCharacter('Nora'))).id).toBe('nora-002')
    })

    it('a character comes back into its casts, its messages and its notes', async () => {
      const { characters, conversations, messages, notes, trash } = current()
      const cast: string[] = []
      for (const name of ['Ada', 'Bo', 'Cy']) cast.push((await characters.create(aCharacter(name))).id)
      const [ada = '', bo = '', cy = ''] = cast
      const { conversation_id } = await conversations.create(aConversation('', cast))
      const said = await messages.create({ ...aMessage(conversation_id), character_id: bo, name: 'Bo' })
      const note = await notes.create({ character_id: bo, text: 'likes tea' })
      await characters.delete(bo)
      expect((await conversations.get(conversation_id)).active_characters).toEqual([ada, cy])
      expect((await messages.list({ conversation_id }))[0]).toMatchObject({ character_id: null, name: 'Bo' })
      expect(await notes.list({ character_id: bo })).toEqual([])
      await expect(notes.get(note.note_id)).rejects.toEqual(missing)
      const unknown = conversations.update({ conversation_id, active_characters: [bo] })
      await expect(unknown).rejects.toEqual(expect.objectContaining({ code: 'invalid' }))
      await conversations.update({ conversation_id, title: 'Tea' })
      await conversations.update({ conversation_id, active_characters: [cy, ada] })
      await messages.update({ message_id: said.message_id, content: 'Hello!' })
      await trash.restore(`character:${bo}`)
      expect((await conversations.get(conversation_id)).active_characters).toEqual([cy, bo, ada])
      expect(await messages.get(said.message_id)).toMatchObject({ character_id: bo, content: 'Hello!' })
      expect(await notes.list({ character_id: bo })).toEqual([note])
    })

    it('a voice and a persona come back to whom they were given, unless that has changed', async () => {
      const { voices, characters, personas, conversations, trash } = current()
      const { voice_id } = await voices.create(aVoice())
      const draft: CharacterDraft = { ...aCharacter(), voice_id }
      const [kept, changed] = [await characters.create(draft), await characters.create(draft)]
      const { persona_id } = await personas.create(PersonaDraft.parse({ name: 'Kim' }))
      const { conversation_id } = await conversations.create({ ...aConversation(), persona_id })
      await voices.delete(voice_id)
      await personas.delete(persona_id)
      expect((await characters.update({ id: kept.id, name: 'New' })).voice_id).toBeNull()
      expect((await characters.list()).map((character) => character.voice_id)).toEqual([null, null])
      await characters.update({ id: changed.id, voice_id: null })
      expect((await conversations.update({ conversation_id, title: 'x' })).persona_id).toBeNull()
      await trash.restore(`voice:${voice_id}`)
      await trash.restore(`persona:${persona_id}`)
      expect((await characters.get(kept.id)).voice_id).toBe(voice_id)
      expect((await characters.get(changed.id)).voice_id).toBeNull()
      expect((await conversations.get(conversation_id)).persona_id).toBe(persona_id)
    })

    it('a message comes back with its wordings and what was said behind them', async () => {
      const { messages, conversations, trash } = current()
      const { conversation_id } = await conversations.create(aConversation())
      const ids: string[] = []
      for (const line of ['a', 'b', 'c']) {
        ids.push((await messages.create(aMessage(conversation_id, line))).message_id)
      }
      const [a = '', b = '', c = ''] = ids
      await messages.addAlternative(b, wording('B'))
      await messages.create(aMessage(conversation_id, 'd'))
      const shown = async () => (await messages.list({ conversation_id })).map(({ content }) => content)
      await messages.delete(b)
      expect(await shown()).toEqual(['a', 'd'])
      for (const hidden of [b, c]) await expect(messages.get(hidden)).rejects.toEqual(missing)
      expect(await trash.list({})).toMatchObject([{ trash_id: `message:${b}`, name: 'B' }])
      await messages.addAlternative(a, wording('A'))
      expect(await shown()).toEqual(['A'])
      await trash.restore(`message:${b}`)
      expect(await shown()).toEqual(['A'])
      await messages.selectAlternative(a, 0)
      expect(await shown()).toEqual(['a', 'B', 'd'])
      await messages.selectAlternative(b, 0)
      expect(await shown()).toEqual(['a', 'b', 'c'])
    })

    it('what went with something else is in the trash with it only', async () => {
      const { messages, conversations, trash } = current()
      const { conversation_id } = await conversations.create(aConversation())
      const first = await messages.create(aMessage(conversation_id, `first\n${'word '.repeat(50)}`))
      const second = await messages.create(aMessage(conversation_id, 'second'))
      await messages.delete(second.message_id)
      await conversations.delete(conversation_id)
      const [item, ...others] = await trash.list({})
      expect([item?.trash_id, others]).toEqual([`conversation:${conversation_id}`, []])
      expect(item?.name).toMatch(/^first word (word )+wor…$/)
      await expect(trash.restore(`message:${second.message_id}`)).rejects.toEqual(missing)
      await expect(messages.update({ message_id: first.message_id, content: 'x' })).rejects.toEqual(missing)
      await trash.restore(`conversation:${conversation_id}`)
      expect((await messages.list({ conversation_id })).map(({ message_id }) => message_id)).toEqual([
        first.message_id,
      ])
      await trash.restore(`message:${second.message_id}`)
      expect(await messages.count(conversation_id)).toBe(2)
    })

    it('a conversation that was begun anew and comes back is searched on its own as before', async () => {
      const { conversations, messages, trash } = current()
      const { conversation_id } = await conversations.create(aConversation('old'))
      await messages.create(aMessage(conversation_id, 'A pelican.'))
      await conversations.delete(conversation_id)
      await conversations.ensure(conversation_id, aConversation('new'))
      await messages.create(aMessage(conversation_id, 'Another pelican.'))
      const [item] = await trash.list({ kind: 'conversation' })
      await trash.restore(item?.trash_id ?? '')
      const found = async (id = '') =>
        (await current().search({ query: 'pelican', conversation_id: id })).map(({ snippet }) =>
          snippet.map(({ text }) => text).join(''),
        )
      expect(await found(item?.id)).toEqual(['A pelican.'])
      expect(await found(conversation_id)).toEqual(['Another pelican.'])
    })

    it('a conversation that somebody goes on talking in is begun anew; the deleted one can still be had', async () => {
      const { messages, conversations, trash, originals } = current()
      const { conversation_id } = await conversations.create(aConversation('old'))
      await messages.create(aMessage(conversation_id, 'before'))
      await originals.put({ ...anOriginal, kind: 'conversation', id: conversation_id })
      await conversations.keepPromptMemory(conversation_id, 1)
      await conversations.delete(conversation_id)
      await conversations.ensure(conversation_id, aConversation('new'))
      expect(await messages.count(conversation_id)).toBe(0)
      const [item] = await trash.list({})
      expect(item).toMatchObject({ kind: 'conversation', name: 'old' })
      const { id } = await trash.restore(item?.trash_id ?? '')
      expect((await messages.list({ conversation_id: id })).map(({ content }) => content)).toEqual(['before'])
      expect(await conversations.promptMemory(id)).toBe(1)
      expect(await originals.find('conversation', id)).toBeDefined()
      expect((await conversations.list({})).map(({ title }) => title).toSorted()).toEqual(['new', 'old'])
    })

    it('purge() forgets for good what was deleted before a moment', async () => {
      const { characters, conversations, messages, trash, originals } = current()
      const nora = await characters.create(aCharacter('Nora'))
      const { conversation_id } = await conversations.create(aConversation('', [nora.id]))
      const said = await messages.create({ ...aMessage(conversation_id), character_id: nora.id })
      await originals.put({ ...anOriginal, kind: 'character', id: nora.id })
      await characters.delete(nora.id)
      const [first] = await trash.list({})
      await conversations.delete(conversation_id)
      expect(await trash.purge(new Date(first?.deleted_at ?? ''))).toBe(0)
      expect(await trash.purge(new Date(Date.parse(first?.deleted_at ?? '') + 1))).toBe(1)
      expect(await originals.find('character', nora.id)).toBeUndefined()
      await trash.restore(`conversation:${conversation_id}`)
      expect(await messages.get(said.message_id)).toMatchObject({ character_id: null })
      expect((await conversations.get(conversation_id)).active_characters).toEqual([])
      await conversations.delete(conversation_id)
      expect(await trash.purge(later)).toBe(1)
      expect(await inTrash()).toEqual([])
    })

    it('a default persona that comes back does not take the place of the one that is now', async () => {
      const { personas, trash } = current()
      const kim = await personas.create(PersonaDraft.parse({ name: 'Kim', is_default: true }))
      await personas.delete(kim.persona_id)
      await personas.create(PersonaDraft.parse({ name: 'Ann', is_default: true }))
      await trash.restore(`persona:${kim.persona_id}`)
      const all = await personas.list()
      expect(all.filter(({ is_default }) => is_default).map(({ name }) => name)).toEqual(['Ann'])
    })
  })

  describe('originals', () => {
    it('are found by what came from them and by their content', async () => {
      const { originals } = current()
      await originals.put({ ...anOriginal, kind: 'character', id: 'a' })
      await originals.put({ ...anOriginal, kind: 'lorebook', id: 'a' })
      await originals.put({ ...anOriginal, kind: 'character', id: 'a', file_name: 'newer.png' })
      expect(await originals.find('character', 'a')).toMatchObject({ ...anOriginal, file_name: 'newer.png' })
      expect(await originals.find('character', 'b')).toBeUndefined()
      expect((await originals.withHash('hash')).map(({ kind }) => kind).toSorted()).toEqual([
        'character',
        'lorebook',
      ])
      expect(await originals.withHash('other')).toEqual([])
    })
  })
}

const anOriginal = {
  format: 'png',
  file_name: 'nora.png',
  hash: 'hash',
  source: '{"name":"Nora"}',
  report: { repaired: [], ignored: [], kept: [{ path: 'data.x' }] },
}
