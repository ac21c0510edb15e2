import { describe, expect, it, vi } from 'vitest'
import { type ConversationPatch, LoreEntry, LorebookDraft, PersonaDraft } from '#shared/entities.ts'
import { AppError } from '../../backend/errors.ts'
import { Rehearsal } from '../support/rehearsal.ts'

const LONG_MS = 60_000
const SUMMARY = 'They talked about boats for a long time.'

/** A model with a small context, and a talk that outgrows it. */
async function longTalk() {
  const rehearsal = await Rehearsal.begin()
  const { model } = rehearsal
  model.modelProfile = { ...model.modelProfile, contextTokens: 1_600 }
  const isSummary = ({ messages }: (typeof model.requests)[number]): boolean =>
    JSON.stringify(messages).includes('You keep the memory of a conversation')
  let isStalled = false
  let hasFailures = false
  let summaryMs = 0
  model.answer((request) => ({
    ...(isSummary(request) && isStalled ? { ending: 'stall' as const } : {}),
    ...(isSummary(request) && hasFailures ? { ending: new AppError('engine_failed', 'No memory left') } : {}),
    firstTokenMs: isSummary(request) ? summaryMs : 0,
    deltas: [isSummary(request) ? SUMMARY : `Yes, ${'boats are a fine thing to talk about '.repeat(3)}`],
  }))
  const { conversationId } = rehearsal.conversation.room
  const conversation = () => rehearsal.store.conversations.get(conversationId)
  const say = async (text: string) => {
    rehearsal.type(text)
    await rehearsal.clock.advance(LONG_MS)
  }
  const stallSummaries = (isOn: boolean) => {
    isStalled = isOn
  }
  const failSummaries = () => {
    hasFailures = true
  }
  const slowSummaries = (firstTokenMs: number) => {
    summaryMs = firstTokenMs
  }
  const summaries = () => model.requests.filter(isSummary)
  return { rehearsal, conversation, say, stallSummaries, failSummaries, slowSummaries, summaries }
}

describe('what no longer fits', () => {
  it('is summed up in the background, told to the model, and announced', async () => {
    const { rehearsal, conversation, say, summaries } = await longTalk()
    await using _ = rehearsal
    for (let turn = 0; turn < 20; turn++) await say(`Boat number ${turn}, what do you say to that one?`)
    expect(summaries().length).toBeGreaterThan(0)
    expect(rehearsal.errors).toEqual([])
    const { summary, summary_until } = await conversation()
    expect(summary).toBe(SUMMARY)
    expect(summary_until).not.toBeNull()
    expect(JSON.stringify(rehearsal.model.requests.at(-1)?.messages)).toContain(SUMMARY)
    expect(rehearsal.changes.some(({ type }) => type === 'conversation_updated')).toBe(true)
  })

  it('an edited summary is kept and built upon', async () => {
    const { rehearsal, conversation, say, summaries } = await longTalk()
    await using _ = rehearsal
    for (let turn = 0; turn < 12; turn++) await say(`Boat number ${turn}, what do you say to that one?`)
    const { conversation_id } = await conversation()
    const patch: ConversationPatch = { conversation_id, summary: 'Kim owns a red boat.' }
    await rehearsal.store.conversations.update(patch)
    for (let turn = 0; turn < 12; turn++) await say(`Ship number ${turn}, what do you say to that one?`)
    expect(JSON.stringify(summaries().at(-1)?.messages)).toMatch(
      /Kim owns a red boat|They talked about boats/,
    )
    const afterEdit = summaries().find(({ messages }) =>
      JSON.stringify(messages).includes('Kim owns a red boat'),
    )
    expect(afterEdit).toBeDefined()
  })

  it('a turn goes before a summary: it is broken off, and made later', async () => {
    const { rehearsal, conversation, say, summaries, stallSummaries } = await longTalk()
    await using _ = rehearsal
    stallSummaries(true)
    for (let turn = 0; turn < 20; turn++) {
      await say(`Boat number ${turn}, what do you say to that one?`)
      expect(rehearsal.model.openCalls).toBeLessThanOrEqual(1)
    }
    expect(await rehearsal.messages()).toHaveLength(40)
    expect(summaries().length).toBeGreaterThan(1)
    stallSummaries(false)
    await say('One more.')
    expect(rehearsal.model.openCalls).toBe(0)
    expect((await conversation()).summary).toBe(SUMMARY)
  })

  it('is summed up by the model that speaks, in the room that this model has', async () => {
    const { rehearsal, conversation, say, summaries } = await longTalk()
    await using _ = rehearsal
    const { model } = rehearsal
    const small = model.modelProfile
    model.modelProfile = { ...small, contextTokens: 100, isLanguageModel: false }
    vi.spyOn(model, 'profile').mockImplementation((name) => (name === 'small' ? small : model.modelProfile))
    rehearsal.conversation.setModelSettings({ model: 'small', temperature: 1.5 })
    for (let turn = 0; turn < 20; turn++) await say(`Boat number ${turn}, what do you say to that one?`)
    expect(summaries().at(-1)?.settings).toMatchObject({ model: 'small', temperature: 0.2 })
    expect((await conversation()).summary).toBe(SUMMARY)
  })

  it('a summary that fails is known to the log only, and is tried again after the next turn', async () => {
    const { rehearsal, conversation, say, summaries, failSummaries } = await longTalk()
    await using _ = rehearsal
    failSummaries()
    for (let turn = 0; turn < 20; turn++) await say(`Boat number ${turn}, what do you say to that one?`)
    expect(rehearsal.errors).toEqual([])
    expect(summaries().length).toBeGreaterThan(1)
    expect(rehearsal.backgroundFailures).toHaveLength(summaries().length)
    expect((await conversation()).summary).toBe('')
  })

  it('what is deleted while it is being summed up is not in the summary', async () => {
    const { rehearsal, conversation, say, summaries, slowSummaries } = await longTalk()
    await using _ = rehearsal
    slowSummaries(100_000)
    for (let turn = 0; turn < 16; turn++) await say(`Boat number ${turn}, what do you say to that one?`)
    expect(rehearsal.model.openCalls).toBe(1)
    expect(JSON.stringify(summaries().at(-1)?.messages)).toContain('Boat number 0,')
    const [first] = await rehearsal.messages()
    await rehearsal.store.messages.delete(first?.message_id ?? '')
    await rehearsal.clock.advance(LONG_MS)
    expect((await conversation()).summary).toBe('')
    await rehearsal.clock.advance(2 * LONG_MS)
    expect((await conversation()).summary).toBe(SUMMARY)
    expect(JSON.stringify(summaries().at(-1)?.messages)).not.toContain('Boat number 0,')
  })

  it('an engine that reads no prompts is not asked', async () => {
    const { rehearsal, say, summaries } = await longTalk()
    await using _ = rehearsal
    rehearsal.model.modelProfile = { ...rehearsal.model.modelProfile, isLanguageModel: false }
    for (let turn = 0; turn < 20; turn++) await say(`Boat number ${turn}, what do you say to that one?`)
    expect(summaries()).toEqual([])
  })
})

describe('what the model is told', () => {
  it('that its answer is spoken, unless it is only read', async () => {
    await using rehearsal = await Rehearsal.begin()
    rehearsal.type('Hello')
    await rehearsal.clock.advance(LONG_MS)
    rehearsal.link.hasSound = false
    rehearsal.type('Hello')
    await rehearsal.clock.advance(LONG_MS)
    const told = rehearsal.model.requests.map(({ messages }) => JSON.stringify(messages))
    expect(told.map((text) => text.includes('spoken aloud'))).toEqual([true, false])
  })

  it('whom the user plays, what is known of what is talked about, and the author’s note', async () => {
    await using rehearsal = await Rehearsal.begin()
    const { store, conversation, model } = rehearsal
    const { persona_id } = await store.personas.create(
      PersonaDraft.parse({ name: 'Kim', description: 'Kim is a sailor from Bergen.' }),
    )
    const { lorebook_id } = await store.lorebooks.create(
      LorebookDraft.parse({
        name: 'Boats',
        entries: [LoreEntry.parse({ id: '1', keys: ['boat'], content: 'The boat leaks.' })],
      }),
    )
    await conversation.room.ensureStored('x')
    const { conversationId: conversation_id } = conversation.room
    await store.conversations.update({
      conversation_id,
      persona_id,
      lorebook_ids: [lorebook_id],
      author_note: { text: 'It rains.', depth: 1, role: 'system' },
    })
    rehearsal.type('Shall we take the boat?')
    await rehearsal.clock.advance(LONG_MS)
    const told = JSON.stringify(model.requests[0]?.messages)
    for (const part of ['Kim is a sailor', 'The boat leaks.', 'It rains.']) expect(told).toContain(part)
  })
})
