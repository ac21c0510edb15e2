import { describe, expect, it } from 'vitest'
import { type ServerEvent } from '#shared/protocol/events.ts'
import { type ProtocolClient } from '../../support/protocol-client.ts'
import { startTestApp } from '../../support/test-app.ts'

const isNews = ({ type }: ServerEvent): boolean => /_(created|updated|deleted|restored|changed)$/.test(type)

/** What a client was told of, in its order, up to the voice that was made last. */
async function newsOf(client: ProtocolClient): Promise<[string, unknown][]> {
  await client.event('voice_created')
  return client.received.filter(isNews).map(({ type, data }) => [type, data])
}

describe('ten tabs', () => {
  it('each hears of every change of the others, in order and whole', async () => {
    await using app = await startTestApp()
    const tabs = await Promise.all(Array.from({ length: 10 }, () => app.connect()))
    const [one] = tabs
    if (!one) throw new Error('Nobody came')
    one.send('create_character', { name: 'Clara' }, 'c1')
    await one.event('character_created')
    one.send('update_character', { id: 'clara-001', name: 'Klara', revision: 1 }, 'c2')
    one.send('change_characters', { ids: ['clara-001'], add_tags: ['clocks'] }, 'c3')
    one.send('delete_character', { id: 'clara-001' }, 'c4')
    one.send('restore_from_trash', { trash_id: 'character:clara-001' }, 'c5')
    await one.event('trash_restored')
    one.send('create_voice', { voice_name: 'Last' }, 'c6')
    const told = await Promise.all(tabs.slice(1).map(newsOf))
    expect(told[0]).toMatchObject([
      ['character_created', { id: 'clara-001', name: 'Clara', revision: 1 }],
      ['character_updated', { name: 'Klara', revision: 2 }],
      ['character_updated', { name: 'Klara', tags: ['clocks'], revision: 3 }],
      ['character_deleted', { id: 'clara-001' }],
      ['character_created', { id: 'clara-001', name: 'Klara', revision: 3 }],
      ['trash_restored', { trash_id: 'character:clara-001' }],
      ['voice_created', { voice_name: 'Last' }],
    ])
    for (const other of told) expect(other).toEqual(told[0])
    for (const tab of tabs) await tab[Symbol.asyncDispose]()
  })

  it('the second of two that edit one character is told of both versions, and nothing is lost', async () => {
    await using app = await startTestApp()
    await using one = await app.connect()
    await using other = await app.connect()
    one.send('create_character', { name: 'Clara' }, 'c1')
    await one.event('character_created')
    one.send('update_character', { id: 'clara-001', description: 'One', revision: 1 }, 'c2')
    await one.event('character_updated')
    const yours = { id: 'clara-001', description: 'Other', revision: 1 }
    other.send('update_character', yours, 'o1')
    const refusal = await other.event('db_error')
    expect(refusal).toMatchObject({
      id: 'o1',
      data: { code: 'conflict', stored: { description: 'One', revision: 2 }, yours },
    })
    expect(await app.store.characters.get('clara-001')).toMatchObject({ description: 'One', revision: 2 })
  })
})
