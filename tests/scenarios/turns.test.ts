import { describe, expect, it } from 'vitest'
import { AppError } from '../../backend/errors.ts'
import { Rehearsal } from '../support/rehearsal.ts'

const MINUTE_MS = 60_000

describe('a turn', () => {
  it('streams text and paced sound, and ends when the sound has been heard', async () => {
    await using rehearsal = await Rehearsal.begin()
    const { clock, link, model } = rehearsal
    model.plan({ deltas: ['One two three four. ', 'Five six seven eight.'], firstTokenMs: 100 })

    rehearsal.type('Hello')
    await clock.advance(MINUTE_MS)

    const [started] = link.all('turn_started')
    expect(started).toMatchObject({ epoch: 1, responders: [{ character_name: 'Nora' }] })
    expect(link.all('text_chunk').at(-1)).toMatchObject({ text: '', is_final: true })
    expect(link.all('text_stream_stop')).toMatchObject([
      { text: 'One two three four. Five six seven eight.' },
    ])
    expect(link.all('audio_chunk').flatMap(({ text }) => text ?? [])).toEqual([
      'One two three four.',
      'Five six seven eight.',
    ])
    expect(link.all('turn_ended')).toMatchObject([
      { epoch: 1, outcome: 'completed', metrics: { sentences: 2 } },
    ])

    const frames = link.frames()
    const samples = frames.reduce((sum, frame) => sum + frame.pcm.length, 0)
    expect(samples).toBe(16_000 * 0.8)
    expect(frames.map(({ seq }) => seq)).toEqual(frames.map((_, index) => index))
    expect(frames.map(({ isLast }) => isLast)).toEqual(frames.map((_, index) => index === frames.length - 1))
    let offset = 0
    for (const frame of frames) {
      expect(frame.offset).toBe(offset)
      offset += frame.pcm.length
    }
    const firstFrameAtMs = frames[0]?.atMs ?? 0
    expect(firstFrameAtMs).toBe(150)
    const endedAtMs =
      link.said.find((said) => said.type === 'event' && said.event.type === 'turn_ended')?.atMs ?? 0
    expect(endedAtMs - firstFrameAtMs).toBeGreaterThanOrEqual(800)
    for (const frame of frames) {
      const aheadMs = ((frame.offset + frame.pcm.length) * 1000) / 16_000 - (frame.atMs - firstFrameAtMs)
      expect(aheadMs).toBeLessThanOrEqual(300)
    }
    expect(await rehearsal.messages()).toMatchObject([
      { role: 'user', content: 'Hello' },
      { role: 'assistant', content: 'One two three four. Five six seven eight.', is_interrupted: false },
    ])
  })

  it('has the user text stored before the model is asked', async () => {
    await using rehearsal = await Rehearsal.begin()
    const { clock, model } = rehearsal
    let storedWhenAsked: unknown
    model.answer(() => {
      storedWhenAsked = rehearsal.changes.find((change) => change.type === 'message_created')?.data
      return { deltas: ['Yes.'] }
    })
    rehearsal.type('Are you there?')
    await clock.advance(MINUTE_MS)
    expect(storedWhenAsked).toMatchObject({ role: 'user', content: 'Are you there?' })
  })

  it('waits for the one before it when typed', async () => {
    await using rehearsal = await Rehearsal.begin()
    const { clock, link } = rehearsal
    rehearsal.type('First')
    rehearsal.type('Second')
    await clock.advance(MINUTE_MS)
    const order = link.said.flatMap((said) =>
      said.type === 'event' && said.event.type.startsWith('turn_') ? [said.event.type] : [],
    )
    expect(order).toEqual(['turn_started', 'turn_ended', 'turn_started', 'turn_ended'])
  })

  it('ends the one before it when told to interrupt', async () => {
    await using rehearsal = await Rehearsal.begin()
    const { clock, link, model } = rehearsal
    model.plan({ deltas: ['A long answer that goes on and on and on for ever and ever.'] })
    rehearsal.type('First')
    await clock.advance(400)
    rehearsal.type('Second', { interrupt: true })
    await clock.advance(MINUTE_MS)
    expect(link.all('turn_ended')).toMatchObject([{ outcome: 'interrupted' }, { outcome: 'completed' }])
  })

  it('lets two mentioned characters answer in order, with their own voices and a short gap', async () => {
    await using rehearsal = await Rehearsal.begin({ cast: ['Nora', 'Felix'] })
    const { clock, link } = rehearsal
    rehearsal.model.answer({ deltas: ['One two three four five.'], firstTokenMs: 300 })
    rehearsal.type('@Felix and @Nora, what do you think?')
    await clock.advance(MINUTE_MS)
    expect(link.all('audio_stream_start').map((start) => start.character_name)).toEqual(['Felix', 'Nora'])
    const streams = [...new Set(link.frames().map(({ stream }) => stream))]
    const [first, second] = streams.map((stream) => link.frames().filter((frame) => frame.stream === stream))
    expect(first?.[0]?.pcm[0]).not.toBe(second?.[0]?.pcm[0])
    const firstEndsMs = (first?.[0]?.atMs ?? 0) + 500
    expect((second?.[0]?.atMs ?? 0) - firstEndsMs).toBeLessThanOrEqual(300)
    expect(link.all('turn_ended')).toMatchObject([{ outcome: 'completed' }])
  })

  it('says so when nobody is there to answer', async () => {
    await using rehearsal = await Rehearsal.begin({ cast: [] })
    rehearsal.type('Anybody?')
    await rehearsal.clock.advance(1000)
    expect(rehearsal.errors).toMatchObject([{ code: 'invalid' }])
    expect(rehearsal.link.all('turn_ended')).toMatchObject([{ outcome: 'failed' }])
  })

  it('never lets name prefixes or tags into text or speech', async () => {
    await using rehearsal = await Rehearsal.begin()
    rehearsal.model.plan({ deltas: ['<No', 'ra>Nora', ': Hi there, friend.', '</Nora>'] })
    rehearsal.type('Hello')
    await rehearsal.clock.advance(MINUTE_MS)
    expect(rehearsal.link.all('text_stream_stop')).toMatchObject([{ text: 'Hi there, friend.' }])
    expect(rehearsal.synthesizer.requests.map(({ text }) => text)).toEqual(['Hi there, friend.'])
  })
})

describe('a failing engine', () => {
  const failure = new AppError('engine_failed', 'The server broke')

  it('ends the turn as failed with one error, keeps what was said, and lets the next turn work', async () => {
    await using rehearsal = await Rehearsal.begin()
    const { clock, link, model } = rehearsal
    model.plan({ deltas: ['One two three. ', 'Four'], ending: failure })
    rehearsal.type('Hello')
    await clock.advance(MINUTE_MS)
    expect(rehearsal.errors).toEqual([failure])
    expect(link.all('turn_ended')).toMatchObject([{ outcome: 'failed' }])
    expect((await rehearsal.messages()).at(-1)).toMatchObject({ content: 'One two three. Four' })
    rehearsal.type('Again')
    await clock.advance(MINUTE_MS)
    expect(link.all('turn_ended').at(-1)).toMatchObject({ outcome: 'completed' })
    expect(model.openCalls).toBe(0)
    expect(clock.pendingTimers).toBe(0)
  })

  it('that never answers is given up at its deadline', async () => {
    await using rehearsal = await Rehearsal.begin({ config: { first_token_timeout_ms: 5_000 } })
    rehearsal.model.plan({ deltas: [], ending: 'stall' })
    rehearsal.type('Hello')
    await rehearsal.clock.advance(MINUTE_MS)
    expect(rehearsal.errors).toMatchObject([{ code: 'engine_timeout' }])
    expect(rehearsal.link.all('turn_ended')).toMatchObject([{ outcome: 'failed', metrics: { total: 5_000 } }])
    expect(rehearsal.model.openCalls).toBe(0)
  })

  it('of the voice loses no text, and one bad sentence does not silence the next', async () => {
    await using rehearsal = await Rehearsal.begin({
      voice: { failOn: (text) => (text.includes('bad') ? failure : undefined) },
    })
    rehearsal.model.plan({ deltas: ['This one is bad. This one is good.'] })
    rehearsal.type('Hello')
    await rehearsal.clock.advance(MINUTE_MS)
    expect(rehearsal.errors).toEqual([failure])
    expect(rehearsal.link.all('audio_chunk').flatMap(({ text }) => text ?? [])).toEqual(['This one is good.'])
    expect(rehearsal.link.all('text_stream_stop')).toHaveLength(1)
    expect(rehearsal.link.all('turn_ended')).toMatchObject([{ outcome: 'failed' }])
    expect(rehearsal.synthesizer.openCalls).toBe(0)
  })

  it('of the voice that stalls is given up, and the text is complete', async () => {
    await using rehearsal = await Rehearsal.begin({ voice: { stallOn: () => true } })
    rehearsal.model.plan({ deltas: ['One sentence. Another one. A third one. A fourth one.'] })
    rehearsal.type('Hello')
    await rehearsal.clock.advance(2 * MINUTE_MS)
    expect(rehearsal.errors).toMatchObject([{ code: 'engine_timeout' }])
    expect(rehearsal.link.all('turn_ended')).toMatchObject([{ outcome: 'failed' }])
    expect(rehearsal.synthesizer.openCalls).toBe(0)
  })
})
