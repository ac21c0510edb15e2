import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { ConversationDraft, MessageDraft } from '#shared/entities.ts'
import { startTestApp, type TestApp } from '../../support/test-app.ts'

const Trace = z.object({
  parts: z.array(
    z.object({
      name: z.string(),
      role: z.string(),
      tokens: z.number(),
      text: z.string(),
      included: z.boolean(),
    }),
  ),
  total_tokens: z.number(),
  budget_tokens: z.number(),
})

async function conversationOf(app: TestApp, said: string): Promise<string> {
  const draft = ConversationDraft.parse({ active_characters: ['nora-001', 'felix-001'] })
  const { conversation_id } = await app.store.conversations.create(draft)
  await app.store.messages.create(MessageDraft.parse({ conversation_id, role: 'user', content: said }))
  return conversation_id
}

function ask(app: TestApp, conversationId: string, query = ''): Promise<Response> {
  return fetch(`${app.url}/api/conversations/${conversationId}/prompt${query}`)
}

describe('GET /api/conversations/:id/prompt', () => {
  test('tells what the character would be sent, part by part, and what it costs', async () => {
    await using app = await startTestApp()
    const id = await conversationOf(app, 'Is the theatre open?')
    const trace = Trace.parse(await (await ask(app, id, '?character=felix-001')).json())
    const included = trace.parts.filter((part) => part.included)
    expect(included.reduce((sum, { tokens }) => sum + tokens, 0)).toBe(trace.total_tokens)
    expect(trace.total_tokens).toBeLessThanOrEqual(trace.budget_tokens)
    expect(included.map(({ text }) => text).join(' ')).toContain('Is the theatre open?')
    const card = (await app.store.characters.get('felix-001')).personality
    expect(included.find(({ name }) => name === 'personality')?.text).toContain(card)
  })

  test('is that of the first of the cast where nobody is named', async () => {
    await using app = await startTestApp()
    const id = await conversationOf(app, 'Hello')
    const whole = await (await ask(app, id)).json()
    expect(whole).toEqual(await (await ask(app, id, '?character=nora-001')).json())
  })

  test('asking changes nothing: neither the conversation nor its memory', async () => {
    await using app = await startTestApp()
    const id = await conversationOf(app, 'Hello')
    await ask(app, id)
    expect(await app.store.conversations.promptMemory(id)).toBeUndefined()
  })

  test('says what is wrong: nobody of this name, no such conversation, nobody there, two names', async () => {
    await using app = await startTestApp()
    const id = await conversationOf(app, 'Hello')
    const { conversation_id: empty } = await app.store.conversations.create(ConversationDraft.parse({}))
    const statuses = await Promise.all(
      [
        ask(app, id, '?character=nobody'),
        ask(app, 'nowhere'),
        ask(app, empty),
        ask(app, id, '?character=nora-001&character=felix-001'),
      ].map(async (response) => (await response).status),
    )
    expect(statuses).toEqual([404, 404, 422, 422])
  })

  test('needs the token, where one is needed', async () => {
    await using app = await startTestApp({ token: 'open-sesame' })
    expect((await ask(app, 'an-evening-at-the-lantern')).status).toBe(401)
  })
})
