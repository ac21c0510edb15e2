import { beforeEach, describe, expect, test } from 'vitest'
import { useLibrary } from '../../../frontend/src/stores/library.ts'
import { useRoom } from '../../../frontend/src/stores/room.ts'
import { createStage } from '../support/fake-stage.ts'
import { conversation, finn, message, nora, reply, turnEnded, turnStarted } from '../support/things.ts'

const NOW = '2026-01-01T10:00:00.000Z'
let stage: ReturnType<typeof createStage>
let room: ReturnType<typeof useRoom>

beforeEach(() => {
  stage = createStage()
  room = useRoom(stage.pinia)
  stage.open()
})

function say(...events: Parameters<typeof stage.server.say>[0][]): void {
  for (const event of events) stage.server.say(event)
}

async function openC1(): Promise<void> {
  const opened = room.open('c1')
  await stage.answer('open_conversation', {
    type: 'conversation_opened',
    data: {
      conversation: conversation('c1'),
      messages: [message('m1'), message('m2', { role: 'assistant', name: 'Nora', character_id: nora.id })],
      message_count: 2,
      active_characters: [nora, finn],
    },
  })
  await opened
}

/** Nora says eight words, of which the streams' samples decide how many are heard. */
function speakTo(epoch = 1): ReturnType<typeof reply> {
  const said = reply(epoch, 'a1')
  say(
    turnStarted(epoch, 'u1', [nora, finn]),
    said.start,
    said.text('One two three four. Five six seven eight.'),
  )
  say(said.stop('One two three four. Five six seven eight.'), said.audioStart(7))
  say(said.sentence(7, 0, 'One two three four.'), said.sentence(7, 4_000, 'Five six seven eight.'))
  return said
}

describe('typing', () => {
  test('send() shows the line at once, and names it when its turn begins', () => {
    room.send('  Hello  ')
    expect(room.lines).toMatchObject([{ text: 'Hello', role: 'user', state: 'sending' }])
    expect(stage.server.lastSent('user_message')?.data).toEqual({ text: 'Hello' })
    say(turnStarted(1, 'u1'))
    expect(room.lines).toMatchObject([{ id: 'u1', text: 'Hello', state: 'complete' }])
    expect(room.isFresh).toBe(false)
  })

  test('send() sends nothing that is empty', () => {
    room.send('   ')
    expect([room.lines.length, stage.server.lastSent('user_message')]).toEqual([0, undefined])
  })

  test('what is typed while offline is kept and sent, in order, after coming back', async () => {
    stage.server.hangUp()
    room.send('First')
    room.send('Second', { interrupt: true })
    expect(room.lines.map(({ state }) => state)).toEqual(['sending', 'sending'])
    stage.clock.advance(500)
    stage.server.accept()
    const { id } = stage.server.lastSent('hello') ?? {}
    say({ type: 'ready', id, data: { ...readyData(), session_id: 'session-2' } })
    await stage.answer('get_messages', { type: 'messages_data', data: [] })
    const sent = stage.server.sent.filter(({ type }) => type === 'user_message')
    expect(sent.map(({ data }) => data)).toEqual([{ text: 'First' }, { text: 'Second', interrupt: true }])
  })

  test('a message that was sent before the line broke is found among the stored ones', async () => {
    await openC1()
    room.send('Did this arrive?')
    stage.reconnect()
    await stage.answer('open_conversation', {
      type: 'conversation_opened',
      data: {
        conversation: conversation('c1'),
        messages: [message('m1'), message('m2'), message('u9', { content: 'Did this arrive?' })],
        message_count: 3,
        active_characters: [nora],
      },
    })
    expect(room.lines.map(({ id, state }) => [id, state])).toEqual([
      ['m1', 'complete'],
      ['m2', 'complete'],
      ['u9', 'complete'],
    ])
  })

  test('a message that never arrived is marked as failed, and retryLast() sends it again', async () => {
    await openC1()
    room.send('Lost')
    stage.reconnect()
    await stage.answer('open_conversation', {
      type: 'conversation_opened',
      data: {
        conversation: conversation('c1'),
        messages: [message('m1')],
        message_count: 1,
        active_characters: [nora],
      },
    })
    expect(room.lines.at(-1)).toMatchObject({ text: 'Lost', state: 'failed' })
    room.retryLast()
    expect(room.lines.filter(({ text }) => text === 'Lost')).toMatchObject([{ state: 'sending' }])
    expect(stage.server.sent.filter(({ type }) => type === 'user_message')).toHaveLength(2)
  })

  test('a message that the server refuses is marked as failed and told', () => {
    room.send('Too much')
    const { id } = stage.server.lastSent('user_message') ?? {}
    say({ type: 'error', id, data: { code: 'storage_failed', message: 'The disk is full', retryable: true } })
    expect(room.lines).toMatchObject([{ state: 'failed' }])
    expect(room.notices).toMatchObject([{ tone: 'error', text: 'The disk is full' }])
    expect(room.notices[0]?.retry).toBeTypeOf('function')
  })
})

describe('speaking', () => {
  test('the spoken words become a caption, then a line, and the line is named before what waits', () => {
    room.send('typed, waiting')
    say(
      { type: 'stt_update', data: { text: 'good mor' } },
      { type: 'stt_stabilized', data: { text: 'good' } },
    )
    expect(room.liveCaption).toEqual({ text: 'good mor', stableLength: 4 })
    say({ type: 'stt_final', data: { text: 'Good morning' } })
    expect(room.liveCaption).toBeNull()
    say(turnStarted(1, 'u1'))
    expect(room.lines).toMatchObject([
      { text: 'typed, waiting', state: 'sending' },
      { id: 'u1', text: 'Good morning', isSpoken: true, state: 'complete' },
    ])
  })

  test('an empty update takes the caption away: nothing was recognised', () => {
    say({ type: 'stt_update', data: { text: 'uh' } }, { type: 'stt_update', data: { text: '' } })
    expect([room.liveCaption, room.lines]).toEqual([null, []])
  })
})

describe('replies', () => {
  test('text streams into its line and is whole at the end', () => {
    const said = reply(1, 'a1')
    say(turnStarted(1, 'u1'), said.start, said.text('Hello '), said.text('there'))
    expect(room.lines.at(-1)).toMatchObject({
      id: 'a1',
      name: 'Nora',
      text: 'Hello there',
      state: 'streaming',
    })
    say(said.stop('Hello there.'))
    expect(room.lines.at(-1)).toMatchObject({ text: 'Hello there.', state: 'complete' })
  })

  test('the word that is being heard lights up, following what is played', () => {
    speakTo()
    stage.playback.played(1, 7, 1_500)
    expect(room.lines.at(-1)).toMatchObject({ sounding: { start: 4, end: 7 }, heardUntil: 3 })
    stage.playback.played(1, 7, 6_100)
    expect(room.lines.at(-1)).toMatchObject({ sounding: { start: 29, end: 34 } })
    stage.playback.finished(1, 7, 8_000)
    expect(room.lines.at(-1)).toMatchObject({ sounding: null, heardUntil: null, state: 'complete' })
  })

  test('who speaks, thinks and waits follows what is played, not what was sent', () => {
    speakTo()
    expect([room.activity, room.thinkingCharacterId]).toEqual(['thinking', nora.id])
    expect(room.waitingCharacterIds).toEqual([finn.id])
    stage.playback.played(1, 7, 100)
    expect([room.activity, room.speakingCharacterId, room.thinkingCharacterId]).toEqual([
      'speaking',
      nora.id,
      null,
    ])
    expect(room.waitingCharacterIds).toEqual([finn.id])
    stage.playback.finished(1, 7, 8_000)
    expect([room.activity, room.thinkingCharacterId]).toEqual(['thinking', finn.id])
    say(turnEnded(1))
    expect([room.activity, room.thinkingCharacterId, room.lastMetrics]).toEqual([
      'idle',
      null,
      { total: 900 },
    ])
  })

  test('nobody thinks or waits any more when the line breaks', () => {
    speakTo()
    stage.server.hangUp()
    expect([room.activity, room.thinkingCharacterId, room.waitingCharacterIds]).toEqual(['idle', null, []])
  })

  test('a failed turn leaves its line failed, with a way to try again', () => {
    const said = reply(1, 'a1')
    say(turnStarted(1, 'u1'), said.start, said.text('Half a'))
    say({ type: 'error', data: { code: 'engine_failed', message: 'The model broke off', retryable: true } })
    say(turnEnded(1, 'failed'))
    expect(room.lines.at(-1)).toMatchObject({ text: 'Half a', state: 'failed' })
    room.notices[0]?.retry?.()
    expect(stage.server.lastSent('regenerate_message')?.data).toEqual({ message_id: 'a1' })
  })
})

describe('interrupting', () => {
  test('interrupt() is at once silent here, before the server has heard of it', () => {
    speakTo()
    stage.playback.played(1, 7, 1_500)
    room.interrupt()
    expect(stage.playback.commands).toContainEqual({ type: 'cut', epoch: 1 })
    expect(room.activity).toBe('interrupted')
    stage.playback.finished(1, 7, 1_900)
    stage.clock.advance(1_200)
    expect(room.activity).toBe('idle')
  })

  test('the unheard rest is kept apart, first as known at once, then exactly', () => {
    speakTo()
    stage.playback.played(1, 7, 2_500)
    say({ type: 'interrupt_ack', data: { epoch: 1, message_id: 'a1', heard_text: 'One two' } })
    expect(room.lines.at(-1)).toMatchObject({
      text: 'One two',
      unheard: ' three four. Five six seven eight.',
      state: 'interrupted',
      sounding: null,
    })
    say({ type: 'history_truncated', data: { epoch: 1, message_id: 'a1', heard_text: 'One two three' } })
    expect(room.lines.at(-1)).toMatchObject({
      text: 'One two three',
      unheard: ' four. Five six seven eight.',
    })
  })

  test('what the next character had not begun to say was not heard at all', () => {
    speakTo()
    const next = reply(1, 'a2', finn)
    say(next.start, next.text('I agree.'), next.stop('I agree.'))
    stage.playback.played(1, 7, 2_500)
    say({ type: 'interrupt_ack', data: { epoch: 1, message_id: 'a1', heard_text: 'One two' } })
    expect(room.lines.at(-1)).toMatchObject({ id: 'a2', text: '', unheard: 'I agree.', state: 'interrupted' })
  })

  test('what was heard to its end stays whole', () => {
    speakTo()
    const next = reply(1, 'a2', finn)
    stage.playback.finished(1, 7, 8_000)
    say(next.start, next.text('I agree.'), next.audioStart(8), next.sentence(8, 0, 'I agree.'))
    stage.playback.played(1, 8, 100)
    say(
      { type: 'interrupt_ack', data: { epoch: 1, message_id: 'a2', heard_text: 'I' } },
      turnEnded(1, 'interrupted'),
    )
    expect(room.lines).toMatchObject([
      { id: 'a1', state: 'complete', unheard: '' },
      { id: 'a2', text: 'I', state: 'interrupted', unheard: ' agree.' },
    ])
  })

  test('a reply whose end was dropped with the interruption, yet was completed, is fetched', async () => {
    const said = reply(1, 'a1')
    say(turnStarted(1, 'u1'), said.start, said.text('Hel'))
    room.interrupt()
    say(turnEnded(1, 'completed'))
    await stage.answer('get_message', {
      type: 'message_data',
      data: message('a1', { conversation_id: 'fresh-1', role: 'assistant', content: 'Hello.' }),
    })
    expect(room.lines.at(-1)).toMatchObject({ text: 'Hello.', state: 'complete' })
  })
})

describe('conversations', () => {
  test('open() shows what was said, and what nobody heard', async () => {
    const opened = room.open('c1')
    expect(room.isLoading).toBe(true)
    const cut = message('m2', {
      role: 'assistant',
      content: 'I was',
      unheard: ' saying',
      is_interrupted: true,
    })
    await stage.answer('open_conversation', {
      type: 'conversation_opened',
      data: {
        conversation: conversation('c1'),
        messages: [message('m1'), cut],
        message_count: 2,
        active_characters: [nora],
      },
    })
    await opened
    expect([room.isLoading, room.isFresh, room.conversationId]).toEqual([false, false, 'c1'])
    expect(room.lines).toMatchObject([
      { id: 'm1' },
      { text: 'I was', unheard: ' saying', state: 'interrupted' },
    ])
    expect(room.cast.map(({ name }) => name)).toEqual(['Nora'])
  })

  test('open() of another one while the first is still coming shows the second', async () => {
    const first = room.open('c1')
    const firstId = stage.server.lastSent('open_conversation')?.id
    const second = room.open('c2')
    await stage.answer('open_conversation', { type: 'conversation_opened', data: openedAs('c2') })
    say({ type: 'conversation_opened', id: firstId, data: openedAs('c1') })
    await Promise.all([first, second])
    expect(room.conversationId).toBe('c2')
  })

  test('open() of one that is gone says so and begins a fresh one', async () => {
    const opened = room.open('gone')
    await stage.answer('open_conversation', { type: 'error', data: { code: 'not_found', message: 'No' } })
    await stage.answer('clear_history', { type: 'history_cleared', data: { conversation_id: 'fresh-2' } })
    await opened
    expect([room.conversationId, room.isFresh]).toEqual(['fresh-2', true])
    expect(room.notices).toMatchObject([{ text: 'This conversation is not here any more' }])
  })

  test('older lines are counted when it is opened, and fetched when they are looked at', async () => {
    const opened = room.open('c1')
    const messages = Array.from({ length: 60 }, (_, index) => message(`m${index + 40}`))
    await stage.answer('open_conversation', {
      type: 'conversation_opened',
      data: { conversation: conversation('c1'), messages, message_count: 100, active_characters: [nora] },
    })
    await opened
    expect([room.lineCount, room.lineAt(40)?.id, room.lineAt(39)]).toEqual([100, 'm40', undefined])
    room.wantLines({ from: 36, to: 50 })
    // With some more before them, in one go.
    expect(stage.server.lastSent('get_messages')?.data).toEqual({
      conversation_id: 'c1',
      offset: 11,
      limit: 29,
    })
    await stage.answer('get_messages', {
      type: 'messages_data',
      data: Array.from({ length: 29 }, (_, index) => message(`m${index + 11}`)),
    })
    expect([room.lineAt(10), room.lineAt(11)?.id, room.lineAt(39)?.id]).toEqual([undefined, 'm11', 'm39'])
    expect(room.lineCount).toBe(100)
  })

  test('a line that was deleted elsewhere and brought back is at its place again', async () => {
    await openC1()
    say({ type: 'message_deleted', data: { message_id: 'm1', conversation_id: 'c1' } })
    expect(room.lines.map(({ id }) => id)).toEqual(['m2'])
    const item = { id: 'm1', trash_id: 'message:m1', kind: 'message', name: 'Text of m1' } as const
    say({ type: 'trash_restored', data: { ...item, deleted_at: NOW, expires_at: NOW } })
    await stage.answer('locate_message', {
      type: 'message_located',
      data: { conversation_id: 'c1', count: 2, index: 0 },
    })
    await stage.answer('get_message', { type: 'message_data', data: message('m1') })
    expect(room.lines.map(({ id }) => id)).toEqual(['m1', 'm2'])
  })

  test('messages of other connections are merged by their id, those of other conversations are not', async () => {
    await openC1()
    const newer = message('m3', { created_at: '2026-01-01T10:00:01.000Z' })
    say({ type: 'message_created', data: newer }, { type: 'message_created', data: newer })
    say({ type: 'message_updated', data: message('m1', { content: 'Changed' }) })
    say({ type: 'message_created', data: message('x', { conversation_id: 'c2' }) })
    say({ type: 'message_deleted', data: { message_id: 'm2', conversation_id: 'c1' } })
    expect(room.lines.map(({ id, text }) => [id, text])).toEqual([
      ['m1', 'Changed'],
      ['m3', 'Text of m3'],
    ])
  })

  test('one that comes back among others of its millisecond stands where the server says', async () => {
    await openC1()
    say({ type: 'message_deleted', data: { message_id: 'm1', conversation_id: 'c1' } })
    say({ type: 'message_created', data: message('m1') })
    const place = { conversation_id: 'c1', count: 2, index: 0 }
    await stage.answer('locate_message', { type: 'message_located', data: place })
    await stage.answer('get_message', { type: 'message_data', data: message('m1') })
    await expect.poll(() => room.lines.map(({ id }) => id)).toEqual(['m1', 'm2'])
  })

  test('setCast() of a fresh conversation stores it first', async () => {
    const set = room.setCast([finn.id])
    await stage.answer('create_conversation', { type: 'conversation_created', data: conversation('c9') })
    await stage.answer('open_conversation', {
      type: 'conversation_opened',
      data: { conversation: conversation('c9'), messages: [], message_count: 0, active_characters: [finn] },
    })
    await set
    expect(stage.server.lastSent('create_conversation')?.data).toEqual({ active_characters: [finn.id] })
    expect([room.conversationId, room.isFresh, room.cast.length]).toEqual(['c9', false, 1])
  })

  test('the title and the cast follow the library', async () => {
    const library = useLibrary(stage.pinia)
    await openC1()
    await stage.answer('get_characters', { type: 'characters_data', data: [nora, finn] })
    await stage.answer('get_voices', { type: 'voices_data', data: [] })
    await stage.answer('get_conversations', { type: 'conversations_data', data: [conversation('c1')] })
    expect([room.title, library.conversations.length]).toEqual(['About c1', 1])
    say({ type: 'character_updated', data: { ...nora, name: 'Nora Vale' } })
    say({
      type: 'conversation_updated',
      data: conversation('c1', { title: 'New', active_characters: [nora.id] }),
    })
    expect([room.title, room.cast.map(({ name }) => name)]).toEqual(['New', ['Nora Vale']])
  })

  test('toggleCharacterMute() silences the stream that sounds and those to come', () => {
    speakTo()
    room.toggleCharacterMute(nora.id)
    expect(stage.playback.commands.at(-1)).toEqual({ type: 'mute', epoch: 1, stream: 7, isMuted: true })
    say(reply(1, 'a3').audioStart(9))
    expect(stage.playback.commands.at(-1)).toMatchObject({ type: 'start', stream: 9, isMuted: true })
    expect(room.mutedCharacterIds).toEqual([nora.id])
  })
})

function openedAs(id: string) {
  return { conversation: conversation(id), messages: [], message_count: 0, active_characters: [] }
}

function readyData() {
  const engine = { name: 'fake', ready: true }
  return {
    session_id: 'session-1',
    resume_token: 'resume-1',
    conversation_id: 'fresh-1',
    engines: { vad: engine, stt: engine, llm: engine, tts: engine },
    model_settings: {},
    active_characters: [],
  }
}
