import { describe, expect, it } from 'vitest'
import { type ToolName } from '#shared/entities.ts'
import { Config } from '../../backend/config.ts'
import { createTools, type ToolBox } from '../../backend/tools/tool-box.ts'
import { createLogger } from '../../backend/logging.ts'
import { Rehearsal } from '../support/rehearsal.ts'

const LONG_MS = 60_000

const NO_NOTES = { add: async () => {}, search: async () => [] }

/** Nora with tools; what she remembers is kept here. */
async function withTools(enabled: readonly ToolName[], wrap: (tools: ToolBox) => ToolBox = (tools) => tools) {
  const kept: string[] = []
  const notes = {
    add: async (_characterId: string, text: string) => {
      kept.push(text)
    },
    search: async () => kept.map((text) => ({ text, created_at: '2030-01-01T00:00:00.000Z' })),
  }
  const tools = wrap(createTools(Config.parse({}), { notes, logger: createLogger('silent') }))
  const rehearsal = await Rehearsal.begin({ tools, random: () => 0.5 })
  await rehearsal.store.characters.update({ id: 'nora-001', tools: [...enabled] })
  return { rehearsal, kept }
}

function call(name: string, args: object, id = 'c1') {
  return { id, name, argumentsJson: JSON.stringify(args) }
}

describe('tools in conversation', () => {
  it('run, are told to the model, shown and stored; and the reply goes on', async () => {
    const { rehearsal } = await withTools(['roll_dice'])
    await using _ = rehearsal
    rehearsal.model.plan(
      { deltas: [], toolCalls: [call('roll_dice', { dice: '1d6' })] },
      { deltas: ['It is a four.'] },
    )
    rehearsal.type('Roll a die')
    await rehearsal.clock.advance(LONG_MS)
    expect(rehearsal.errors).toEqual([])
    const [first, second] = rehearsal.model.requests
    expect(first?.tools?.map(({ name }) => name)).toEqual(['roll_dice'])
    const [asked, answered] = second?.messages.slice(-2) ?? []
    expect(asked?.toolCalls?.[0]).toMatchObject({ name: 'roll_dice' })
    expect(answered).toMatchObject({ role: 'tool', toolCallId: asked?.toolCalls?.[0]?.id })
    expect(answered?.content).toMatch(/4/)
    const uses = rehearsal.link.all('tool_use')
    expect(uses).toHaveLength(2)
    expect(uses[0]).not.toHaveProperty('result')
    expect(uses[1]).toMatchObject({ call_id: 'c1', name: 'roll_dice', is_error: false })
    expect((await rehearsal.messages())[1]).toMatchObject({
      content: 'It is a four.',
      tool_uses: [{ name: 'roll_dice', arguments: { dice: '1d6' }, is_error: false }],
    })
  })

  it('are followed by an answer that begins anew: names in front of it are names', async () => {
    await using rehearsal = await Rehearsal.begin({
      cast: ['Nora', 'Hugo'],
      tools: createTools(Config.parse({}), { notes: NO_NOTES, logger: createLogger('silent') }),
    })
    await rehearsal.store.characters.update({ id: 'nora-001', tools: ['roll_dice'] })
    const roll = { deltas: ['Let me check.'], toolCalls: [call('roll_dice', { dice: '1d6' })] }
    rehearsal.model.plan(roll, { deltas: ['Nora: It is four.'] }, roll, { deltas: ['Hugo: FOREIGN'] })
    rehearsal.type('@Nora roll')
    await rehearsal.clock.advance(LONG_MS)
    rehearsal.type('@Nora roll')
    await rehearsal.clock.advance(LONG_MS)
    const lines = (await rehearsal.messages()).map(({ content }) => content)
    expect(lines[1]).toBe('Let me check. It is four.')
    expect(lines[3]).toBe('Let me check.')
    const spoken = rehearsal.synthesizer.requests.map(({ text }) => text).join('|')
    expect(spoken).toBe('Let me check.|It is four.|Let me check.')
  })

  it('are not offered to a character that has none, nor to a model that cannot', async () => {
    const { rehearsal } = await withTools([])
    await using _ = rehearsal
    rehearsal.type('Hi')
    await rehearsal.clock.advance(LONG_MS)
    await rehearsal.store.characters.update({ id: 'nora-001', tools: ['roll_dice'] })
    rehearsal.model.modelProfile = { ...rehearsal.model.modelProfile, canUseTools: false }
    rehearsal.type('Hi again')
    await rehearsal.clock.advance(LONG_MS)
    expect(rehearsal.model.requests.map(({ tools }) => tools)).toEqual([undefined, undefined])
  })

  it('a call of something that is not there is told to the model as such', async () => {
    const { rehearsal } = await withTools(['roll_dice'])
    await using _ = rehearsal
    rehearsal.model.plan({ deltas: [], toolCalls: [call('launch_rocket', {})] }, { deltas: ['I cannot.'] })
    rehearsal.type('Launch it')
    await rehearsal.clock.advance(LONG_MS)
    expect((await rehearsal.messages())[1]).toMatchObject({
      content: 'I cannot.',
      tool_uses: [{ is_error: true }],
    })
  })

  it('a model that never stops calling is asked to answer without', async () => {
    const { rehearsal } = await withTools(['roll_dice'])
    await using _ = rehearsal
    rehearsal.model.answer(({ tools }) =>
      tools ? { deltas: [], toolCalls: [call('roll_dice', { dice: '1d6' })] } : { deltas: ['Enough.'] },
    )
    rehearsal.type('Roll')
    await rehearsal.clock.advance(LONG_MS)
    expect((await rehearsal.messages())[1]?.content).toBe('Enough.')
    expect(rehearsal.model.requests).toHaveLength(5)
  })

  it('a slow one is covered by a short line, which is spoken and remembered', async () => {
    const { rehearsal } = await withTools(['search_web'], (tools) => ({
      ...tools,
      specsFor: () => [{ name: 'search_web', description: 'Searches', parameters: { type: 'object' } }],
      run: async (request) => ({
        name: request.name,
        arguments: {},
        result: 'Sunny.',
        is_error: false,
        duration_ms: 900,
      }),
    }))
    await using _ = rehearsal
    rehearsal.model.plan(
      { deltas: [], toolCalls: [call('search_web', { query: 'weather' })] },
      { deltas: ['Sunny.'] },
    )
    rehearsal.type('What is the weather?')
    await rehearsal.clock.advance(LONG_MS)
    const spoken = rehearsal.synthesizer.requests.map(({ text }) => text)
    expect(spoken).toHaveLength(2)
    expect(spoken[1]).toBe('Sunny.')
    expect((await rehearsal.messages())[1]?.content).toBe(spoken.join(' '))
  })

  it('an interruption while a tool runs ends it, and nothing more is asked', async () => {
    let wasAborted = false
    const { rehearsal } = await withTools(['roll_dice'], (tools) => ({
      ...tools,
      specsFor: (names) => tools.specsFor(names),
      run: (_call, _context, signal) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => {
            wasAborted = true
            reject(new Error('Interrupted'))
          })
        }),
    }))
    await using _ = rehearsal
    rehearsal.model.plan({ deltas: ['Let me see. '], toolCalls: [call('roll_dice', { dice: '1d6' })] })
    rehearsal.type('Roll')
    await rehearsal.clock.advance(200)
    rehearsal.conversation.interrupt()
    await rehearsal.clock.advance(LONG_MS)
    expect(wasAborted).toBe(true)
    expect(rehearsal.model.requests).toHaveLength(1)
    expect(rehearsal.link.all('turn_ended').map(({ outcome }) => outcome)).toEqual(['interrupted'])
    expect(rehearsal.errors).toEqual([])
  })

  it('what a character is to remember is recalled in another conversation', async () => {
    const { rehearsal, kept } = await withTools(['remember', 'recall'])
    await using _ = rehearsal
    rehearsal.model.plan(
      { deltas: [], toolCalls: [call('remember', { text: 'Kim likes tea.' })] },
      { deltas: ['I will.'] },
    )
    rehearsal.type('Remember that I like tea')
    await rehearsal.clock.advance(LONG_MS)
    expect(kept).toEqual(['Kim likes tea.'])
    await rehearsal.conversation.leaveFor((room) => room.startFresh())
    rehearsal.model.plan({ deltas: [], toolCalls: [call('recall', { query: 'tea' })] }, { deltas: ['Tea.'] })
    rehearsal.type('What do I like?')
    await rehearsal.clock.advance(LONG_MS)
    expect(rehearsal.model.requests.at(-1)?.messages.at(-1)?.content).toContain('Kim likes tea.')
  })
})
