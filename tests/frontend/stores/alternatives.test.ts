import { beforeEach, describe, expect, test } from 'vitest'
import { useRoom } from '../../../frontend/src/stores/room.ts'
import { createStage } from '../support/fake-stage.ts'
import { conversation, finn, message, nora, reply, turnEnded, turnStarted } from '../support/things.ts'

let stage: ReturnType<typeof createStage>
let room: ReturnType<typeof useRoom>

const said = (id: string, changes: Parameters<typeof message>[1] = {}) =>
  message(id, { role: 'assistant', name: 'Nora', character_id: nora.id, ...changes })

beforeEach(async () => {
  stage = createStage()
  room = useRoom(stage.pinia)
  stage.open()
  const opened = room.open('c1')
  await stage.answer('open_conversation', {
    type: 'conversation_opened',
    data: {
      conversation: conversation('c1'),
      messages: [message('u1'), said('a1', { alternative_count: 2 }), message('u2'), said('a2')],
      message_count: 4,
      active_characters: [nora, finn],
    },
  })
  await opened
})

function say(...events: Parameters<typeof stage.server.say>[0][]): void {
  for (const event of events) stage.server.say(event)
}

const shown = () => room.lines.map(({ id, text }) => [id, text])

/** The events of a wording of `id` that is written anew. */
function take(id: string, index: number, continues?: string) {
  const { start, text, stop } = reply(1, id)
  const more = { alternative_index: index, ...(continues === undefined ? {} : { continues }) }
  return { start: { ...start, data: { ...start.data, ...more } }, text, stop }
}

const use = (result?: string) =>
  ({
    type: 'tool_use',
    data: {
      epoch: 1,
      message_id: 'a3',
      character_id: nora.id,
      character_name: 'Nora',
      call_id: 'call-1',
      name: 'roll_dice',
      arguments: { dice: '2d6' },
      ...(result === undefined ? {} : { result, is_error: false }),
    },
  }) as const

const piece = (text: string, is_final: boolean) =>
  ({ type: 'impersonation', data: { epoch: 1, text, is_final } }) as const

function createFresh() {
  stage = createStage()
  useRoom(stage.pinia)
  stage.open()
  return stage.pinia
}

describe('another take', () => {
  test('streams in the place of the line, and what followed is out of sight', () => {
    const again = take('a1', 2)
    say(turnStarted(1, 'u1'), again.start, again.text('Once '), again.text('more.'))
    expect(shown()).toEqual([
      ['u1', 'Text of u1'],
      ['a1', 'Once more.'],
    ])
    expect(room.lines.at(-1)).toMatchObject({
      state: 'streaming',
      alternativeIndex: 2,
      alternativeCount: 3,
    })
    say(again.stop('Once more.'), turnEnded(1))
    expect(room.lines.at(-1)).toMatchObject({ text: 'Once more.', state: 'complete' })
  })

  test('of which nothing came leaves everything as it was', async () => {
    const before = room.lines
    say(turnStarted(1, 'u1'), take('a1', 2).start, turnEnded(1, 'failed'))
    await stage.answer('get_message', { type: 'message_data', data: said('a1', { alternative_count: 2 }) })
    expect(room.lines).toEqual(before)
  })

  test('that broke off, and that the server did not keep, gives way to what it has', async () => {
    const again = take('a1', 2)
    say(turnStarted(1, 'u1'), again.start, again.text('Onc'), turnEnded(1, 'failed'))
    const kept = said('a1', { alternative_count: 2 })
    await stage.answer('get_message', { type: 'message_data', data: kept })
    await stage.answer('get_messages', {
      type: 'messages_data',
      data: [message('u1'), kept, message('u2'), said('a2')],
    })
    expect(shown().map(([id]) => id)).toEqual(['u1', 'a1', 'u2', 'a2'])
    expect(room.lines[1]).toMatchObject({ text: 'Text of a1', alternativeIndex: 0, state: 'complete' })
  })

  test('keeps what the user has typed meanwhile', () => {
    room.send('Wait')
    say(turnStarted(1, 'u1'), take('a1', 2).start)
    expect(room.lines.at(-1)).toMatchObject({ text: 'Wait', state: 'sending' })
  })
})

describe('going on', () => {
  test('adds to what is there', () => {
    const more = take('a2', 0, 'Text of a2')
    say(turnStarted(1, 'u2'), more.start, more.text(', and then.'))
    expect(room.lines.at(-1)).toMatchObject({ id: 'a2', text: 'Text of a2, and then.', state: 'streaming' })
    say(more.stop('Text of a2, and then.'))
    expect(room.lines).toHaveLength(4)
  })

  test('marks as heard what had been said before', () => {
    const more = take('a2', 0, 'Text of a2')
    const sound = reply(1, 'a2')
    say(turnStarted(1, 'u2'), more.start, more.text(' and more'), sound.audioStart(3))
    say(sound.sentence(3, 0, 'and more'))
    stage.playback.played(1, 3, 500)
    expect(room.lines.at(-1)).toMatchObject({ heardUntil: 10, sounding: { start: 11, end: 14 } })
  })
})

describe('a turn that no words of the user began', () => {
  test('leaves alone what waits to be sent', () => {
    room.send('Wait')
    say(turnStarted(1, ''))
    expect(room.lines.at(-1)).toMatchObject({ text: 'Wait', state: 'sending' })
  })
})

describe('choosing a take', () => {
  test('stepAlternative() asks for it, and shows what followed it', async () => {
    room.stepAlternative('a1', 1)
    expect(stage.server.lastSent('select_alternative')?.data).toEqual({ message_id: 'a1', index: 1 })
    const chosen = said('a1', { content: 'Otherwise', alternative_index: 1, alternative_count: 2 })
    await stage.answer('select_alternative', { type: 'message_updated', data: chosen })
    expect(shown().map(([id]) => id)).toEqual(['u1', 'a1'])
    const behind = [message('u1'), chosen, message('u3')]
    await stage.answer('get_messages', { type: 'messages_data', data: behind })
    expect(shown()).toEqual([
      ['u1', 'Text of u1'],
      ['a1', 'Otherwise'],
      ['u3', 'Text of u3'],
    ])
  })

  test('stepAlternative() has another one written only behind the last reply', () => {
    room.stepAlternative('a2', -1)
    room.stepAlternative('a2', 1)
    expect(stage.server.lastSent('regenerate_message')?.data).toEqual({ message_id: 'a2' })
    expect(stage.server.lastSent('select_alternative')).toBeUndefined()
  })

  test('regenerate() ends what is being said first', () => {
    say(turnStarted(1, 'u2'))
    room.regenerate('a2')
    expect(stage.server.sent.slice(-2).map(({ type }) => type)).toEqual(['interrupt', 'regenerate_message'])
  })
})

describe('looking things up', () => {
  test('is shown on the line, first under way and then with what came of it', () => {
    say(turnStarted(1, 'u3'), reply(1, 'a3').start, use())
    expect(room.lines.at(-1)?.toolUses).toMatchObject([{ name: 'roll_dice', result: null }])
    say(use('7'))
    expect(room.lines.at(-1)?.toolUses).toMatchObject([{ result: '7', isError: false }])
  })

  test('before the first word waits for its line', () => {
    say(turnStarted(1, 'u3'), use(), use('7'), reply(1, 'a3').start)
    expect(room.lines.at(-1)?.toolUses).toMatchObject([{ result: '7' }])
  })
})

describe('editAndAskAgain()', () => {
  test('asks for another take of the answer once the change is kept', async () => {
    const asking = room.editAndAskAgain('u2', 'Otherwise?', 'a2')
    expect(stage.server.lastSent('regenerate_message')).toBeUndefined()
    const changed = message('u2', { content: 'Otherwise?' })
    await stage.answer('edit_message', { type: 'message_updated', data: changed })
    await asking
    expect(room.lines[2]?.text).toBe('Otherwise?')
    expect(stage.server.lastSent('regenerate_message')?.data).toEqual({ message_id: 'a2' })
  })
})

describe('retryLast()', () => {
  test('has what broke off said anew', () => {
    say(turnStarted(1, 'u2'), reply(1, 'a3').start, reply(1, 'a3').text('Half a'), turnEnded(1, 'failed'))
    room.retryLast()
    expect(stage.server.lastSent('regenerate_message')?.data).toEqual({ message_id: 'a3' })
  })

  test('lets who never began speak, in the place of the empty line', () => {
    say(turnStarted(1, 'u2'), reply(1, 'a3').start, turnEnded(1, 'failed'))
    room.retryLast()
    expect(stage.server.lastSent('next_turn')?.data).toEqual({ character_id: nora.id })
    expect(room.lines.at(-1)?.id).toBe('a2')
  })
})

describe('learn()', () => {
  test('tells how a reply came about and leaves its words alone', async () => {
    const said1 = reply(1, 'a3')
    say(turnStarted(1, 'u3'), said1.start, said1.text('Newer text'))
    const learning = room.learn('a3')
    const generation = { model: 'small', completion_tokens: 12 }
    await stage.answer('get_message', { type: 'message_data', data: said('a3', { generation }) })
    await learning
    expect(room.lines.at(-1)).toMatchObject({ text: 'Newer text', generation })
  })
})

describe('impersonation', () => {
  test('collects what the model writes for the user', () => {
    room.impersonate()
    expect(stage.server.lastSent('impersonate')).toBeDefined()
    say(piece('Well, ', false), piece('no.', true))
    expect(room.impersonation).toEqual({ text: 'Well, no.', isFinal: true })
  })

  test('begins at the first word, and ends with its turn', () => {
    room.impersonate()
    say(piece(' \n', false), piece(' Well', false), turnEnded(1, 'failed'))
    expect(room.impersonation).toEqual({ text: 'Well', isFinal: true })
  })

  test('ends with an interruption, and what comes late is dropped', () => {
    room.impersonate()
    say(piece('Well', false))
    room.interrupt()
    say(piece(', no.', true))
    expect(room.impersonation).toEqual({ text: 'Well', isFinal: true })
  })
})

describe('change()', () => {
  test('stores a fresh conversation first', async () => {
    room = useRoom(createFresh())
    const changed = room.change({ reply_strategy: 'manual' })
    await stage.answer('create_conversation', { type: 'conversation_created', data: conversation('c9') })
    await stage.answer('open_conversation', {
      type: 'conversation_opened',
      data: {
        conversation: conversation('c9', { reply_strategy: 'manual' }),
        messages: [],
        message_count: 0,
        active_characters: [],
      },
    })
    expect(await changed).toBe(true)
    expect(stage.server.lastSent('create_conversation')?.data).toMatchObject({ reply_strategy: 'manual' })
    expect(room.conversation?.reply_strategy).toBe('manual')
  })
})
