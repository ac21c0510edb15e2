import { describe, expect, it } from 'vitest'
import { type ConversationPatch } from '#shared/entities.ts'
import { Rehearsal, type RehearsalOptions } from '../support/rehearsal.ts'
import { SeededRandom } from '../support/seeded-random.ts'

const TRIO = ['Ann', 'Bob', 'Cat']
const LONG_MS = 120_000

/** A group in which something was said already, with its manners. */
async function group(manners: Omit<ConversationPatch, 'conversation_id'>, options: RehearsalOptions = {}) {
  const rehearsal = await Rehearsal.begin({ cast: TRIO, ...options })
  await rehearsal.conversation.room.ensureStored('A group')
  const { conversationId } = rehearsal.conversation.room
  await rehearsal.store.conversations.update({ conversation_id: conversationId, ...manners })
  const speakers = () => rehearsal.link.all('text_stream_stop').map((line) => line.character_name)
  const outcomes = () => rehearsal.link.all('turn_ended').map(({ outcome }) => outcome)
  const say = async (text: string) => {
    rehearsal.type(text)
    await rehearsal.clock.advance(LONG_MS)
  }
  return { rehearsal, speakers, outcomes, say }
}

describe('who answers in a group', () => {
  it('list: everyone in order, once each', async () => {
    const { rehearsal, speakers, say } = await group({ reply_strategy: 'list' })
    await using _ = rehearsal
    await say('Good evening')
    expect(speakers()).toEqual(TRIO)
  })

  it('manual: nobody, until somebody is asked to speak', async () => {
    const { rehearsal, speakers, outcomes, say } = await group({ reply_strategy: 'manual' })
    await using _ = rehearsal
    await say('Good evening')
    expect(speakers()).toEqual([])
    expect(outcomes()).toEqual(['completed'])
    expect(rehearsal.errors).toEqual([])
    await rehearsal.conversation.verbs.nextTurn('bob-001')
    await rehearsal.clock.advance(LONG_MS)
    expect(speakers()).toEqual(['Bob'])
    expect((await rehearsal.messages()).map(({ name }) => name)).toEqual(['You', 'Bob'])
  })

  it('who is muted speaks only when called by name', async () => {
    const { rehearsal, speakers, say } = await group({
      reply_strategy: 'list',
      muted_characters: ['bob-001'],
    })
    await using _ = rehearsal
    await say('Good evening')
    expect(speakers()).toEqual(['Ann', 'Cat'])
    await say('@Bob, and you?')
    expect(speakers()).toEqual(['Ann', 'Cat', 'Bob'])
  })

  it('a nickname calls, too', async () => {
    const { rehearsal, speakers, say } = await group({})
    await using _ = rehearsal
    await rehearsal.store.characters.update({ id: 'cat-001', nickname: 'Kitty' })
    await say('@kitty hello')
    expect(speakers()).toEqual(['Cat'])
  })
})

describe('characters among themselves', () => {
  it('go on for as many turns as they may, whom they call by name first', async () => {
    const { rehearsal, speakers, outcomes, say } = await group({
      auto_continue_turns: 3,
      reply_strategy: 'list',
    })
    await using _ = rehearsal
    rehearsal.model.plan(
      { deltas: ['Cat, what do you say?'] },
      { deltas: ['I say no.'] },
      { deltas: ['So do I.'] },
      { deltas: ['Bob, and you?'] },
      { deltas: ['Not again.'] },
    )
    await say('@Ann begin')
    expect(speakers()).toEqual(['Ann', 'Cat', 'Ann', 'Bob'])
    expect(outcomes()).toEqual(['completed'])
  })

  it('are ended by one interruption, and nothing of the next is asked of the model', async () => {
    const { rehearsal, outcomes } = await group(
      { auto_continue_turns: 10, reply_strategy: 'list' },
      { voice: { wordMs: 300 } },
    )
    await using _ = rehearsal
    rehearsal.model.answer({ deltas: ['One two three four five six seven.'] })
    rehearsal.type('@Ann begin')
    await rehearsal.clock.advance(1_000)
    const asked = rehearsal.model.requests.length
    rehearsal.conversation.interrupt()
    await rehearsal.clock.advance(LONG_MS)
    expect(outcomes()).toEqual(['interrupted'])
    expect(rehearsal.model.requests).toHaveLength(asked)
    expect(rehearsal.model.openCalls).toBe(0)
  })

  it('do not run ahead of the voice', async () => {
    const { rehearsal } = await group(
      { auto_continue_turns: 20, reply_strategy: 'list' },
      { voice: { wordMs: 300 } },
    )
    await using _ = rehearsal
    rehearsal.model.answer({ deltas: ['One two three four. ', 'Five six seven eight. ', 'Nine ten. '] })
    rehearsal.type('@Ann begin')
    await rehearsal.clock.advance(1_000)
    expect(rehearsal.model.requests.length).toBeLessThanOrEqual(4)
  })

  it('take over where the model began to speak for them', async () => {
    const { rehearsal, speakers, say } = await group({ auto_continue_turns: 1 })
    await using _ = rehearsal
    rehearsal.model.plan({ deltas: ['I am tired.\nCat: So am I.'] }, { deltas: ['So am I, really.'] })
    await say('@Ann how are you?')
    expect(speakers()).toEqual(['Ann', 'Cat'])
    expect((await rehearsal.messages()).map(({ content }) => content)).toEqual([
      '@Ann how are you?',
      'I am tired.',
      'So am I, really.',
    ])
  })
})

describe('no one speaks for another', () => {
  it('a model that speaks for somebody else only is asked once more', async () => {
    const { rehearsal, say } = await group({})
    await using _ = rehearsal
    rehearsal.model.plan({ deltas: ['Bob: I am Bob.'] }, { deltas: ['I am Ann.'] })
    await say('@Ann who are you?')
    expect((await rehearsal.messages()).map(({ content }) => content)).toEqual([
      '@Ann who are you?',
      'I am Ann.',
    ])
    expect(rehearsal.errors).toEqual([])
  })

  it('and then its silence is accepted', async () => {
    const { rehearsal, outcomes, say } = await group({})
    await using _ = rehearsal
    rehearsal.model.answer({ deltas: ['Bob: I am Bob.'] })
    await say('@Ann who are you?')
    expect(await rehearsal.messages()).toHaveLength(1)
    expect(outcomes()).toEqual(['completed'])
    expect(rehearsal.errors).toEqual([])
  })

  it('in a thousand turns of five whose model keeps writing the lines of others, none is spoken or stored', async () => {
    const cast = ['Ann', 'Bob Hill', 'Cat', '美月', 'D’Arcy']
    const random = new SeededRandom(11)
    await using rehearsal = await Rehearsal.begin({ cast, voice: { wordMs: 1, ttfbMs: 0 } })
    const SHAPES = [
      (name: string) => `\n${name}: FOREIGN line.`,
      (name: string) => `\n**${name}:** FOREIGN line.`,
      (name: string) => `\n${name}：FOREIGN line.`,
      (name: string) => ` ${name}: “FOREIGN line.”`,
      (name: string) => `\n[${name}]: FOREIGN`,
      (name: string) => `\n${name} (smiling): FOREIGN`,
      (name: string) => ` <${name}>FOREIGN</${name}>`,
    ]
    let turns = 0
    rehearsal.model.answer(({ scene }) => {
      turns += 1
      const others = [...cast.filter((name) => name !== scene.speaker.name), 'You', 'User']
      const foreign = SHAPES[random.below(SHAPES.length)]?.(others[random.below(others.length)] ?? '') ?? ''
      const text = `Own words ${turns}.${foreign}`
      const cut = random.below(text.length)
      return { deltas: [text.slice(0, cut), text.slice(cut)] }
    })
    for (let turn = 0; turn < 1_000; turn++) {
      rehearsal.type(`@${cast[turn % cast.length]} go on`)
      await rehearsal.clock.runUntilIdle()
    }
    expect(turns).toBeGreaterThanOrEqual(1_000)
    const spoken = rehearsal.synthesizer.requests.map(({ text }) => text).join(' ')
    expect(spoken).not.toContain('FOREIGN')
    expect(spoken.match(/Own words/g)).toHaveLength(1_000)
    const shown = rehearsal.link
      .all('text_chunk')
      .map(({ text }) => text)
      .join(' ')
    expect(shown).not.toContain('FOREIGN')
    const { conversationId } = rehearsal.conversation.room
    let before: string | undefined
    let stored = 0
    do {
      const page = await rehearsal.store.messages.list({
        conversation_id: conversationId,
        limit: 500,
        before,
      })
      expect(JSON.stringify(page)).not.toContain('FOREIGN')
      stored += page.length
      before = page.length === 500 ? page[0]?.message_id : undefined
    } while (before !== undefined)
    expect(stored).toBe(2_000)
  })
})
