import { expect, it } from 'vitest'
import { startTestApp } from '../../support/test-app.ts'

it('a conversation made without a cast begins with the active characters, one made with an empty cast stays empty', async () => {
  await using app = await startTestApp()
  await using client = await app.connect()
  client.send('create_conversation', {}, 'a')
  const active = await client.event('conversation_created', { where: ({ id }) => id === 'a' })
  expect(active.data.active_characters).toHaveLength(4)
  client.send('create_conversation', { active_characters: [] }, 'b')
  const empty = await client.event('conversation_created', { where: ({ id }) => id === 'b' })
  expect(empty.data.active_characters).toEqual([])
})
