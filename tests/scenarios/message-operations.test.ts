import { describe, expect, it } from 'vitest'
import { Rehearsal } from '../support/rehearsal.ts'

const LONG_MS = 20_000

/** Nora has answered once: "Hello there." */
async function answered(options?: Parameters<typeof Rehearsal.begin>[0]) {
  const rehearsal = await Rehearsal.begin(options)
  rehearsal.type('Hi')
  await rehearsal.clock.advance(LONG_MS)
  const [, reply] = await rehearsal.messages()
  if (!reply) throw new Error('Nobody answered')
  return { rehearsal, reply }
}

describe('regenerating', () => {
  it('streams another wording into the same message, and asks without the old one', async () => {
    const { rehearsal, reply } = await answered()
    await using _ = rehearsal
    rehearsal.model.plan({ deltas: ['Good day.'] })
    await rehearsal.conversation.verbs.regenerate(reply.message_id)
    await rehearsal.clock.advance(LONG_MS)
    expect(rehearsal.link.all('text_stream_start').at(-1)).toMatchObject({
      message_id: reply.message_id,
      alternative_index: 1,
    })
    expect(rehearsal.link.all('audio_stream_start').at(-1)).toMatchObject({ alternative_index: 1 })
    expect(rehearsal.link.all('turn_ended').at(-1)).toMatchObject({ outcome: 'completed' })
    const messages = await rehearsal.messages()
    expect(messages).toHaveLength(2)
    expect(messages[1]).toMatchObject({
      message_id: reply.message_id,
      content: 'Good day.',
      alternative_index: 1,
      alternative_count: 2,
    })
    const asked = JSON.stringify(rehearsal.model.requests.at(-1)?.messages)
    expect(asked).toContain('Hi')
    expect(asked).not.toContain('Hello there')
  })

  it('of an earlier message puts what followed out of sight, not away', async () => {
    const { rehearsal, reply } = await answered()
    await using _ = rehearsal
    rehearsal.type('And you?')
    await rehearsal.clock.advance(LONG_MS)
    rehearsal.model.plan({ deltas: ['Good day.'] })
    await rehearsal.conversation.verbs.regenerate(reply.message_id)
    await rehearsal.clock.advance(LONG_MS)
    expect((await rehearsal.messages()).map(({ content }) => content)).toEqual(['Hi', 'Good day.'])
    expect(JSON.stringify(rehearsal.model.requests.at(-1)?.messages)).not.toContain('And you?')
    await rehearsal.store.messages.selectAlternative(reply.message_id, 0)
    expect(await rehearsal.messages()).toHaveLength(4)
  })

  it('that is interrupted keeps what was heard of the new wording, and the old one whole', async () => {
    const { rehearsal, reply } = await answered()
    await using _ = rehearsal
    rehearsal.model.plan({ deltas: ['One two three four. ', 'Five six seven eight.'] })
    await rehearsal.conversation.verbs.regenerate(reply.message_id)
    await rehearsal.clock.advance(450)
    rehearsal.conversation.interrupt()
    await rehearsal.clock.advance(LONG_MS)
    const { alternatives } = await rehearsal.store.messages.alternatives(reply.message_id)
    expect(alternatives[0]?.content).toBe('Hello there.')
    expect(alternatives[1]?.is_interrupted).toBe(true)
    expect(`${alternatives[1]?.content}${alternatives[1]?.unheard}`).toBe(
      'One two three four. Five six seven eight.',
    )
    expect(alternatives[1]?.content.length).toBeGreaterThan(0)
    expect(alternatives[1]?.unheard.length).toBeGreaterThan(0)
  })

  it('that fails before a word leaves everything as it was', async () => {
    const { rehearsal, reply } = await answered()
    await using _ = rehearsal
    rehearsal.model.plan({ deltas: [] })
    await rehearsal.conversation.verbs.regenerate(reply.message_id)
    await rehearsal.clock.advance(LONG_MS)
    expect(rehearsal.link.all('turn_ended').at(-1)).toMatchObject({ outcome: 'failed' })
    expect((await rehearsal.messages())[1]).toEqual(reply)
  })

  it('ends a reply that is running', async () => {
    const { rehearsal, reply } = await answered()
    await using _ = rehearsal
    rehearsal.model.plan({ deltas: ['One two three four five six seven eight nine ten.'] })
    rehearsal.type('Tell me more')
    await rehearsal.clock.advance(500)
    await rehearsal.conversation.verbs.regenerate(reply.message_id)
    await rehearsal.clock.advance(LONG_MS)
    expect(rehearsal.link.all('turn_ended').map(({ outcome }) => outcome)).toEqual([
      'completed',
      'interrupted',
      'completed',
    ])
  })

  it('is refused for what the user said, for what there is not, and for another conversation', async () => {
    const { rehearsal, reply } = await answered()
    await using _ = rehearsal
    const { verbs } = rehearsal.conversation
    const [question] = await rehearsal.messages()
    await expect(verbs.regenerate(question?.message_id ?? '')).rejects.toMatchObject({ code: 'invalid' })
    await expect(verbs.regenerate('nothing')).rejects.toMatchObject({ code: 'not_found' })
    await rehearsal.conversation.leaveFor((room) => room.startFresh())
    await expect(verbs.regenerate(reply.message_id)).rejects.toMatchObject({ code: 'invalid' })
  })
})

describe('continuing', () => {
  it('goes on in the same message and speaks only what is new; going back undoes it', async () => {
    const { rehearsal, reply } = await answered()
    await using _ = rehearsal
    const framesBefore = rehearsal.link.frames().length
    rehearsal.model.plan({ deltas: ['How', ' are you?'] })
    await rehearsal.conversation.verbs.continueFrom()
    await rehearsal.clock.advance(LONG_MS)
    expect(rehearsal.link.all('text_stream_start').at(-1)).toMatchObject({
      message_id: reply.message_id,
      continues: 'Hello there.',
    })
    expect(rehearsal.link.all('text_stream_stop').at(-1)?.text).toBe('Hello there. How are you?')
    expect(rehearsal.link.frames().length).toBeGreaterThan(framesBefore)
    expect(rehearsal.synthesizer.requests.slice(1).map(({ text }) => text)).toEqual(['How are you?'])
    await rehearsal.store.messages.selectAlternative(reply.message_id, 0)
    expect((await rehearsal.messages())[1]?.content).toBe('Hello there.')
  })

  it('that is interrupted keeps the old text and what was heard of the new', async () => {
    const { rehearsal } = await answered()
    await using _ = rehearsal
    rehearsal.model.plan({ deltas: ['One two three four five six.'] })
    await rehearsal.conversation.verbs.continueFrom()
    await rehearsal.clock.advance(450)
    rehearsal.conversation.interrupt()
    await rehearsal.clock.advance(LONG_MS)
    const [, reply] = await rehearsal.messages()
    expect(reply?.content).toMatch(/^Hello there\. One/)
    expect(`${reply?.content}${reply?.unheard}`).toBe('Hello there. One two three four five six.')
    expect(reply?.unheard).not.toBe('')
  })
})

describe('impersonating', () => {
  it('writes the user’s next line into the composer: nothing is spoken, nothing stored', async () => {
    const { rehearsal } = await answered({ config: { user_name: 'Kim' } })
    await using _ = rehearsal
    const framesBefore = rehearsal.link.frames().length
    rehearsal.model.plan({ deltas: ['Kim: I would', ' like tea.', '\nNora: Of course'] })
    rehearsal.conversation.verbs.impersonate()
    await rehearsal.clock.advance(LONG_MS)
    const line = rehearsal.link.all('impersonation')
    expect(
      line
        .map(({ text }) => text)
        .join('')
        .trim(),
    ).toBe('I would like tea.')
    expect(line.map(({ is_final }) => is_final).lastIndexOf(true)).toBe(line.length - 1)
    expect(rehearsal.link.frames()).toHaveLength(framesBefore)
    expect(await rehearsal.messages()).toHaveLength(2)
    expect(rehearsal.link.all('turn_ended').at(-1)).toMatchObject({ outcome: 'completed' })
  })
})
