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
  it('works before anything was said, and takes the user’s own label off', async () => {
    await using rehearsal = await Rehearsal.begin({ config: { user_name: 'Kim' } })
    rehearsal.model.plan({ deltas: ['User: Good evening.', '\nAssistant: Welcome'] })
    rehearsal.conversation.verbs.impersonate()
    await rehearsal.clock.advance(LONG_MS)
    expect(rehearsal.errors).toEqual([])
    expect(
      rehearsal.link
        .all('impersonation')
        .map(({ text }) => text)
        .join('')
        .trim(),
    ).toBe('Good evening.')
  })

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

describe('while a reply is said once more', () => {
  const NEW = { deltas: ['New one two three four five six seven eight.'] }

  it('what the user says meanwhile stays, waiting or interrupting, and is answered with it in sight', async () => {
    for (const interrupt of [false, true]) {
      const { rehearsal, reply } = await answered()
      await using _ = rehearsal
      rehearsal.model.plan(NEW, { deltas: ['Second answer.'] })
      await rehearsal.conversation.verbs.regenerate(reply.message_id)
      await rehearsal.clock.advance(300)
      rehearsal.type('SECOND QUESTION', { interrupt })
      await rehearsal.clock.advance(LONG_MS)
      const lines = (await rehearsal.messages()).map(({ content }) => content)
      expect(lines).toHaveLength(4)
      expect(lines.slice(2)).toEqual(['SECOND QUESTION', 'Second answer.'])
      expect(JSON.stringify(rehearsal.model.requests.at(-1)?.messages)).toContain('SECOND QUESTION')
    }
  })

  it('a question that waited already stays, too', async () => {
    const { rehearsal, reply } = await answered()
    await using _ = rehearsal
    rehearsal.model.plan({ deltas: ['One two three four five six seven eight nine.'] }, NEW, {
      deltas: ['To two.'],
    })
    rehearsal.type('One?')
    rehearsal.type('Two?')
    await rehearsal.clock.advance(400)
    await rehearsal.conversation.verbs.regenerate(reply.message_id)
    await rehearsal.clock.advance(LONG_MS)
    const lines = (await rehearsal.messages()).map(({ content }) => content)
    expect(lines).toEqual(['Hi', NEW.deltas[0], 'Two?', 'To two.'])
  })

  it('saying it once more again is another alternative, and an interruption cuts the right one', async () => {
    const { rehearsal, reply } = await answered()
    await using _ = rehearsal
    rehearsal.model.plan(NEW, { deltas: ['Third alpha beta gamma delta epsilon zeta eta theta.'] })
    await rehearsal.conversation.verbs.regenerate(reply.message_id)
    await rehearsal.clock.advance(400)
    await rehearsal.conversation.verbs.regenerate(reply.message_id)
    await rehearsal.clock.advance(500)
    rehearsal.conversation.interrupt()
    await rehearsal.clock.advance(LONG_MS)
    expect(rehearsal.link.all('text_stream_start').map((line) => line.alternative_index)).toEqual([
      undefined,
      1,
      2,
    ])
    const { alternatives } = await rehearsal.store.messages.alternatives(reply.message_id)
    expect(alternatives).toHaveLength(3)
    expect(alternatives[2]).toMatchObject({ is_interrupted: true })
    expect(alternatives[2]?.content).not.toContain('theta')
  })
})

describe('going on', () => {
  it('with the last reply means the one that is last when its turn comes', async () => {
    const { rehearsal } = await answered()
    await using _ = rehearsal
    rehearsal.model.plan({ deltas: ['Second reply.'] }, { deltas: ['And more.'] })
    rehearsal.type('Next?')
    await rehearsal.clock.advance(10)
    await rehearsal.conversation.verbs.continueFrom()
    await rehearsal.clock.advance(LONG_MS)
    const lines = (await rehearsal.messages()).map(({ content }) => content)
    expect(lines).toEqual(['Hi', 'Hello there.', 'Next?', 'Second reply. And more.'])
  })

  it('with an earlier reply is asked without what came after it', async () => {
    const { rehearsal, reply } = await answered()
    await using _ = rehearsal
    rehearsal.type('LATER LINE')
    await rehearsal.clock.advance(LONG_MS)
    rehearsal.model.plan({ deltas: ['And more.'] })
    await rehearsal.conversation.verbs.continueFrom(reply.message_id)
    await rehearsal.clock.advance(LONG_MS)
    const asked = rehearsal.model.requests.at(-1)?.messages ?? []
    expect(JSON.stringify(asked)).not.toContain('LATER LINE')
    expect(JSON.stringify(asked)).toContain('Hello there.')
    expect((await rehearsal.messages()).map(({ content }) => content)).toEqual([
      'Hi',
      'Hello there. And more.',
    ])
  })
})

describe('what waits', () => {
  it('is not told to the model before its turn', async () => {
    const { rehearsal } = await answered()
    await using _ = rehearsal
    rehearsal.type('FIRST')
    rehearsal.type('SECOND')
    await rehearsal.clock.advance(LONG_MS)
    const asked = rehearsal.model.requests.slice(1).map(({ messages }) => JSON.stringify(messages))
    expect(asked.map((text) => text.includes('SECOND'))).toEqual([false, true])
    expect(asked.every((text) => text.includes('FIRST'))).toBe(true)
  })
})
