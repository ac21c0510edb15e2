import { expect, it } from 'vitest'
import { CharacterDraft, Conversation, PersonaDraft } from '#shared/entities.ts'
import { greetingExpander } from '../../../backend/library/greetings.ts'
import { aConversation, tickingClock } from '../store/support.ts'
import { openTestCrud } from '../crud/support.ts'
import { startTestApp } from '../../support/test-app.ts'

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
  const once = (await expand(texts, scene)).map(({ text }) => text)
  expect(once).toEqual(['Nora nods to Sam.', expect.stringMatching(/^(red|blue|green)$/), 'x', 'y'])
  await store.personas.create(PersonaDraft.parse({ name: 'Kim', is_default: true }))
  expect((await expand(texts, scene))[0]?.text).toBe('Nora nods to Kim.')
})

it('what a greeting has set is there in the first prompt, and nothing of the greetings that were not said', async () => {
  await using app = await startTestApp()
  const { id } = await app.store.characters.create(
    CharacterDraft.parse({
      name: 'Nora',
      first_message: '{{setvar::mood::calm}}Hello.',
      alternate_greetings: ['{{setvar::mood::angry}}{{setvar::hour::12}}You!'],
      description: 'Mood: {{getvar::mood}}, hour: {{getvar::hour}}.',
    }),
  )
  const begin = { active_characters: [id], greeting_index: 0 }
  const response = await fetch(`${app.url}/api/conversations`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(begin),
  })
  const { conversation_id } = Conversation.parse(await response.json())
  const prompt = await fetch(`${app.url}/api/conversations/${conversation_id}/prompt?character=${id}`)
  expect(await prompt.text()).toContain('Mood: calm, hour: .')
})
