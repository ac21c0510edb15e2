import { describe, expect, it } from 'vitest'
import { type Rehearsal as RehearsalType, Rehearsal } from '../support/rehearsal.ts'

const MINUTE_MS = 60_000
/** Each word sounds for 100 ms, 1600 samples. */
const WORD_SAMPLES = 1_600

async function interruptedAfter(rehearsal: RehearsalType, delayMs: number): Promise<void> {
  rehearsal.type('Hello')
  await rehearsal.clock.advance(delayMs)
  rehearsal.conversation.interrupt('stop')
}

/** Everything of an epoch that must not follow its acknowledgement. */
function afterAck(rehearsal: RehearsalType, epoch: number): unknown[] {
  const { said } = rehearsal.link
  const ackAt = said.findIndex(({ ...one }) => one.type === 'event' && one.event.type === 'interrupt_ack')
  return said.slice(ackAt).filter((one) => {
    if (one.type === 'frame') return one.frame.epoch <= epoch
    return /^(text|audio)_/.test(one.event.type) && 'epoch' in one.event.data && one.event.data.epoch <= epoch
  })
}

describe('an interruption', () => {
  for (const delayMs of [0, 1, 49, 50, 51, 120, 300, 700, 1_200]) {
    it(`after ${delayMs} ms lets nothing of the old epoch follow its acknowledgement`, async () => {
      await using rehearsal = await Rehearsal.begin({ cast: ['Nora', 'Felix'] })
      rehearsal.model.answer({
        deltas: ['One two three four five. ', 'Six seven.'],
        firstTokenMs: 50,
        ignoresAbort: true,
      })
      rehearsal.type('@Nora @Felix hello')
      await rehearsal.clock.advance(delayMs)
      rehearsal.conversation.interrupt('stop')
      await rehearsal.clock.advance(MINUTE_MS)
      expect(rehearsal.link.all('interrupt_ack')).toMatchObject([{ epoch: 1 }])
      expect(afterAck(rehearsal, 1)).toEqual([])
      expect(rehearsal.link.all('turn_started')).toHaveLength(1)
      expect(rehearsal.link.all('turn_ended')).toMatchObject([{ outcome: 'interrupted' }])
      expect(rehearsal.clock.pendingTimers).toBe(0)
      expect(rehearsal.errors).toEqual([])
    })
  }

  it('is acknowledged in the tick in which it is asked for, with the id of the request', async () => {
    await using rehearsal = await Rehearsal.begin()
    await interruptedAfter(rehearsal, 300)
    const ack = rehearsal.link.said.find(
      (said) => said.type === 'event' && said.event.type === 'interrupt_ack',
    )
    expect(ack).toMatchObject({ event: { id: 'stop' } })
  })

  it('is legal with nothing to interrupt, and twice', async () => {
    await using rehearsal = await Rehearsal.begin()
    rehearsal.conversation.interrupt()
    rehearsal.conversation.interrupt()
    expect(rehearsal.link.all('interrupt_ack')).toEqual([{ epoch: 0 }, { epoch: 0 }])
    rehearsal.type('Hello')
    await rehearsal.clock.advance(MINUTE_MS)
    expect(rehearsal.link.all('turn_ended')).toMatchObject([{ outcome: 'completed' }])
  })

  it('cuts the stored reply after the last word that was played', async () => {
    await using rehearsal = await Rehearsal.begin()
    const { clock, link } = rehearsal
    rehearsal.model.plan({ deltas: ['One two three four five six seven eight nine ten.'] })
    rehearsal.type('Hello')
    await clock.advance(500)
    rehearsal.played(0, 2 * WORD_SAMPLES)
    await clock.advance(50)
    rehearsal.conversation.interrupt()
    expect(link.all('interrupt_ack')).toMatchObject([{ heard_text: 'One two' }])
    await clock.advance(30)
    rehearsal.played(0, 4 * WORD_SAMPLES + 100)
    await clock.advance(MINUTE_MS)
    expect(link.all('history_truncated')).toMatchObject([{ epoch: 1, heard_text: 'One two three four' }])
    expect((await rehearsal.messages()).at(-1)).toMatchObject({
      content: 'One two three four',
      unheard: ' five six seven eight nine ten.',
      is_interrupted: true,
    })
  })

  it('is put right when a browser that was held up tells late what it played', async () => {
    await using rehearsal = await Rehearsal.begin()
    const { clock, link } = rehearsal
    rehearsal.model.plan({ deltas: ['One two three four five six seven eight nine ten.'] })
    rehearsal.type('Hello')
    await clock.advance(500)
    rehearsal.played(0, 2 * WORD_SAMPLES)
    rehearsal.conversation.interrupt()
    await clock.advance(10)
    rehearsal.played(0, 2 * WORD_SAMPLES + 100)
    await clock.advance(1_900)
    rehearsal.played(0, 4 * WORD_SAMPLES + 100)
    await clock.advance(MINUTE_MS)
    const told = link.all('history_truncated').map(({ heard_text }) => heard_text)
    expect(told).toEqual(['One two', 'One two three four'])
    expect((await rehearsal.messages()).at(-1)).toMatchObject({
      content: 'One two three four',
      unheard: ' five six seven eight nine ten.',
    })
    expect(clock.pendingTimers).toBe(0)
  })

  it('shows the model only what was heard', async () => {
    await using rehearsal = await Rehearsal.begin()
    const { clock, model } = rehearsal
    model.plan({ deltas: ['One two three four five six seven eight nine ten.'] })
    rehearsal.type('Hello')
    await clock.advance(500)
    rehearsal.played(0, 2 * WORD_SAMPLES)
    rehearsal.type('Wait', { interrupt: true })
    await clock.advance(40)
    rehearsal.played(0, 3 * WORD_SAMPLES)
    await clock.advance(MINUTE_MS)
    const prompt = model.requests.at(-1)?.messages.map(({ content }) => content)
    expect(prompt).toContain('One two three—')
    expect(prompt?.join(' ')).not.toContain('four')
  })

  it('of a client that does not tell what it plays is cut by the time that has passed', async () => {
    await using rehearsal = await Rehearsal.begin()
    rehearsal.model.plan({ deltas: ['One two three four five six seven eight nine ten.'] })
    rehearsal.type('Hello')
    await rehearsal.clock.advance(50 + 420)
    rehearsal.conversation.interrupt()
    await rehearsal.clock.advance(MINUTE_MS)
    expect((await rehearsal.messages()).at(-1)).toMatchObject({ content: 'One two three four' })
  })

  it('before the first sound remembers nothing as heard and loses no text', async () => {
    await using rehearsal = await Rehearsal.begin({ voice: { ttfbMs: 500 } })
    rehearsal.model.plan({ deltas: ['One two three.'] })
    await interruptedAfter(rehearsal, 200)
    await rehearsal.clock.advance(MINUTE_MS)
    expect((await rehearsal.messages()).at(-1)).toMatchObject({
      content: '',
      unheard: 'One two three.',
      is_interrupted: true,
    })
  })

  it('ends the speaker and all who wait, and leaves alone what was heard in full', async () => {
    await using rehearsal = await Rehearsal.begin({ cast: ['Nora', 'Felix', 'Iris'] })
    rehearsal.model.answer({ deltas: ['One two three four five.'] })
    rehearsal.type('@Nora @Felix @Iris hello')
    await rehearsal.clock.advance(50 + 50 + 720)
    rehearsal.conversation.interrupt()
    await rehearsal.clock.advance(MINUTE_MS)
    expect(await rehearsal.messages()).toMatchObject([
      { role: 'user' },
      { name: 'Nora', content: 'One two three four five.', is_interrupted: false },
      { name: 'Felix', content: 'One two', is_interrupted: true },
      { name: 'Iris', content: '', is_interrupted: true },
    ])
  })

  it('after the last frame was sent still cuts what had not been played', async () => {
    await using rehearsal = await Rehearsal.begin()
    const { clock } = rehearsal
    rehearsal.model.plan({ deltas: ['One two three four five.'] })
    rehearsal.type('Hello')
    await clock.advance(50 + 300)
    rehearsal.played(0, 2 * WORD_SAMPLES)
    await clock.advance(150)
    rehearsal.conversation.interrupt()
    await clock.advance(20)
    rehearsal.played(0, 3 * WORD_SAMPLES)
    await clock.advance(MINUTE_MS)
    expect((await rehearsal.messages()).at(-1)).toMatchObject({
      content: 'One two three',
      is_interrupted: true,
    })
  })

  it('leaves no open calls to model or voice behind', async () => {
    await using rehearsal = await Rehearsal.begin()
    rehearsal.model.plan({ deltas: ['One.', ' Two.', ' Three.'], tokenMs: 500 })
    await interruptedAfter(rehearsal, 300)
    await rehearsal.clock.advance(10)
    expect(rehearsal.model.openCalls).toBe(0)
    expect(rehearsal.synthesizer.openCalls).toBe(0)
  })
})

async function twoWaiting(): Promise<RehearsalType> {
  const rehearsal = await Rehearsal.begin()
  rehearsal.model.answer({ deltas: ['One two three four five six seven.'] })
  for (const line of ['first', 'second', 'third']) rehearsal.type(line)
  await rehearsal.clock.advance(300)
  return rehearsal
}
/** What was begun to be answered. */
async function answered(rehearsal: RehearsalType) {
  const spoken = (await rehearsal.messages()).filter(({ role }) => role === 'user')
  const nameOf = (id: string | null | undefined) =>
    spoken.find(({ message_id }) => message_id === id)?.content
  return rehearsal.link.all('turn_started').map(({ user_message_id }) => nameOf(user_message_id))
}

describe('an interruption while others wait', () => {
  it('ends one answer; the next one is begun', async () => {
    await using rehearsal = await twoWaiting()
    rehearsal.conversation.interrupt('stop')
    await rehearsal.clock.advance(MINUTE_MS)
    expect(await answered(rehearsal)).toEqual(['first', 'second', 'third'])
    const outcomes = rehearsal.link.all('turn_ended').map(({ outcome }) => outcome)
    expect(outcomes).toEqual(['interrupted', 'completed', 'completed'])
  })

  it('ends all of them if it is told to; what was said stays, and whatever is said next is answered', async () => {
    await using rehearsal = await twoWaiting()
    rehearsal.conversation.interrupt('stop', true)
    await rehearsal.clock.advance(MINUTE_MS)
    expect(rehearsal.link.all('turn_ended').map(({ outcome }) => outcome)).toEqual(['interrupted'])
    expect(rehearsal.link.all('interrupt_ack')).toHaveLength(1)
    rehearsal.type('fourth')
    await rehearsal.clock.advance(MINUTE_MS)
    expect(await answered(rehearsal)).toEqual(['first', 'fourth'])
    const said = (await rehearsal.messages()).filter(({ role }) => role === 'user')
    expect(said.map(({ content }) => content)).toEqual(['first', 'second', 'third', 'fourth'])
    expect(rehearsal.errors).toEqual([])
  })
})

describe('a message that interrupts', () => {
  it('is answered before those that wait', async () => {
    await using rehearsal = await Rehearsal.begin()
    rehearsal.model.answer({ deltas: ['One two three four five six seven.'] })
    rehearsal.type('first')
    rehearsal.type('second')
    await rehearsal.clock.advance(300)
    rehearsal.type('urgent', { interrupt: true })
    await rehearsal.clock.advance(MINUTE_MS)
    const asked = rehearsal.model.requests.map(
      ({ scene }) => scene.history.findLast(({ speaker }) => speaker === 'user')?.text,
    )
    expect(asked).toHaveLength(3)
    expect(rehearsal.link.all('turn_ended').map(({ outcome }) => outcome)).toEqual([
      'interrupted',
      'completed',
      'completed',
    ])
    const ids = (await rehearsal.messages()).filter(({ role }) => role === 'user')
    const order = rehearsal.link
      .all('turn_started')
      .map(({ user_message_id }) => ids.find(({ message_id }) => message_id === user_message_id)?.content)
    expect(order).toEqual(['first', 'urgent', 'second'])
  })

  it('ends those that interrupted before it, in order, and all of them have begun', async () => {
    await using rehearsal = await Rehearsal.begin()
    for (let message = 0; message < 5; message++) rehearsal.type(`Line ${message}`, { interrupt: true })
    await rehearsal.clock.advance(MINUTE_MS)
    expect(rehearsal.link.all('turn_started').map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4, 5])
    expect(rehearsal.link.all('turn_ended').map(({ outcome }) => outcome)).toEqual([
      ...Array.from({ length: 4 }, () => 'interrupted'),
      'completed',
    ])
  })

  it('of a conversation that is deleted meanwhile is no error', async () => {
    await using rehearsal = await Rehearsal.begin()
    rehearsal.model.plan({ deltas: ['One two three four five six seven.'] })
    rehearsal.type('Hello')
    await rehearsal.clock.advance(300)
    await rehearsal.store.conversations.delete(rehearsal.conversation.room.conversationId)
    rehearsal.conversation.interrupt()
    await rehearsal.clock.advance(MINUTE_MS)
    expect(rehearsal.errors).toEqual([])
    expect(rehearsal.link.all('turn_ended')).toMatchObject([{ outcome: 'interrupted' }])
  })
})
