import { expect, it } from 'vitest'
import { CharacterDraft, PersonaDraft } from '#shared/entities.ts'
import { greetingExpander } from '../../../backend/library/greetings.ts'
import { aConversation, tickingClock } from '../store/support.ts'
import { openTestCrud } from '../crud/support.ts'

it('carries out macros with the names of the conversation, once and for all', async () => {
  await using test = await openTestCrud()
  const { store } = test
  const expand = greetingExpander({ store, config: { user_name: 'Sam' }, clock: tickingClock() })
  const speaker = await store.characters.create(CharacterDraft.parse({ name: 'Nora Vale', nickname: 'Nora' }))
  const conversation = await store.conversations.create(aConversation('', [speaker.id]))
  const scene = { conversation, speaker, cast: [speaker] }
  const texts = [
    '{{char}} nods to {{user}}.',
    '{{random::red::blue::green}}',
    '{{setvar::a::1}}x',
    '{{getvar::a}}y',
  ]
  const once = await expand(texts, scene)
  expect(once).toEqual(['Nora nods to Sam.', expect.stringMatching(/^(red|blue|green)$/), 'x', 'y'])
  await store.personas.create(PersonaDraft.parse({ name: 'Kim', is_default: true }))
  expect((await expand(texts, scene))[0]).toBe('Nora nods to Kim.')
})
