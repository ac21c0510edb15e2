import { describe, expect, test } from 'vitest'
import { CharacterDraft, LorebookDraft } from '#shared/entities.ts'
import { createScriptedModel } from '../../../../backend/engines/llm/scripted/scripted-model.ts'
import { systemClock } from '../../../../backend/lib/clock.ts'
import { FakeLanguageModel } from '../../../fakes/fake-language-model.ts'
import { answered, asking, doorHouse, message } from '../../../support/door-house.ts'

const signal = new AbortController().signal
const WEATHER = { name: 'weather', description: 'Of a city', parameters: { type: 'object' } }
const CALL = { id: 'call_1', name: 'weather', argumentsJson: '{"city":"Oslo"}' }

async function houseWith(model: FakeLanguageModel) {
  const house = await doorHouse({ engines: { model } })
  const book = await house.store.lorebooks.create(
    LorebookDraft.parse({ name: 'Space', entries: [{ id: '1', keys: ['comet'], content: 'Comets sing.' }] }),
  )
  const nova = await house.store.characters.create(
    CharacterDraft.parse({
      name: 'Nova',
      description: 'A pilot.',
      scenario: 'On the bridge.',
      post_history_instructions: 'Be brief.',
      lorebook_ids: [book.lorebook_id],
    }),
  )
  return { house, nova: `character:${nova.id}` }
}

describe('asking a model', () => {
  test('passes everything on as the program said it', async () => {
    const model = new FakeLanguageModel(systemClock)
    await using house = await doorHouse({ engines: { model } })
    const picture = 'data:image/png;base64,AAAA'
    await answered(
      house.doors.generate(
        {
          ...asking('fake-model', ''),
          messages: [
            message('system', 'Be terse.'),
            {
              role: 'user',
              parts: [
                { type: 'text', text: 'Look' },
                { type: 'image', url: picture },
              ],
            },
          ],
          settings: { temperature: 0.5, seed: 7 },
          stops: ['END'],
          tools: [WEATHER],
          toolChoice: 'required',
          format: 'json',
          extra: { logit_bias: { 5: -1 } },
        },
        signal,
      ),
    )
    expect(model.requests[0]).toMatchObject({
      messages: [
        { role: 'system', content: 'Be terse.' },
        { role: 'user', content: 'Look', images: [picture] },
      ],
      settings: { model: 'fake-model', temperature: 0.5, seed: 7 },
      stops: ['END'],
      tools: [WEATHER],
      toolChoice: 'required',
      format: 'json',
      extra: { logit_bias: { 5: -1 } },
    })
  })

  test('tells what it used as the server counts it', async () => {
    const model = new FakeLanguageModel(systemClock)
    model.plan({
      deltas: ['One', ' two'],
      report: { promptTokens: 40, cachedTokens: 30, reasoningTokens: 5 },
    })
    await using house = await doorHouse({ engines: { model } })
    const { finish } = await answered(house.doors.generate(asking('fake-model', 'Hi'), signal))
    expect(finish).toMatchObject({
      reason: 'stop',
      usage: { promptTokens: 40, cachedTokens: 30, completionTokens: 2, reasoningTokens: 5 },
    })
  })

  test('estimates what nobody counts', async () => {
    await using house = await doorHouse()
    const { finish } = await answered(
      house.doors.generate(asking('fake-model', 'Hello to you, old friend'), signal),
    )
    expect(finish?.usage.promptTokens).toBeGreaterThan(5)
    expect(finish?.usage.totalMs).toBeGreaterThanOrEqual(finish?.usage.firstTokenMs ?? Infinity)
  })

  test('says that there is no such model', async () => {
    await using house = await doorHouse()
    const asked = answered(house.doors.generate(asking('gpt-9', 'Hi'), signal))
    await expect(asked).rejects.toMatchObject({ code: 'not_found' })
  })

  test('lets the model go when the program leaves or aborts', async () => {
    const model = new FakeLanguageModel(systemClock, { deltas: ['One', ' two'], ending: 'stall' })
    await using house = await doorHouse({ engines: { model } })
    for await (const event of house.doors.generate(asking('fake-model', 'Hi'), signal)) {
      if (event.type === 'text') break
    }
    expect(model.openCalls).toBe(0)
    const leaving = new AbortController()
    const asked = answered(house.doors.generate(asking('fake-model', 'Hi'), leaving.signal))
    await expect.poll(() => model.openCalls).toBe(1)
    leaving.abort(new Error('gone'))
    await expect(asked).rejects.toThrow('gone')
    expect(model.openCalls).toBe(0)
  })

  test('works without any language model', async () => {
    const model = createScriptedModel({ clock: systemClock, tokenMs: 0 })
    await using house = await doorHouse({ engines: { model } })
    const { text, finish } = await answered(house.doors.generate(asking('scripted', 'Hello!'), signal))
    expect(text).not.toBe('')
    expect(finish).toMatchObject({ reason: 'stop' })
    const short = asking('scripted', 'Hello!', { settings: { max_tokens: 1 } })
    expect((await answered(house.doors.generate(short, signal))).finish).toMatchObject({
      reason: 'length',
      usage: { completionTokens: 1 },
    })
  })
})

describe('asking a character', () => {
  test('puts its prompt around what the program says', async () => {
    const model = new FakeLanguageModel(systemClock)
    const { house, nova } = await houseWith(model)
    await using _house = house
    const messages = [message('system', 'It is night.'), message('user', 'Look, a comet!')]
    await answered(house.doors.generate({ ...asking(nova, ''), messages }, signal))
    const prompt = model.requests[0]?.messages.map(({ role, content }) => `${role}: ${content}`).join('\n')
    expect(prompt).toContain('A pilot.')
    expect(prompt).toContain('On the bridge.\n\nIt is night.')
    expect(prompt).toContain('Comets sing.')
    expect(prompt).toContain('user: Look, a comet!')
    expect(prompt).toContain('Be brief.')
    expect(model.requests[0]?.scene.speaker.name).toBe('Nova')
  })

  test('stores nothing', async () => {
    const { house, nova } = await houseWith(new FakeLanguageModel(systemClock))
    await using _house = house
    await answered(house.doors.generate(asking(nova, 'Hi'), signal))
    expect(await house.store.conversations.list({})).toEqual([])
  })

  test('answers without its name in front, and never for the user', async () => {
    const model = new FakeLanguageModel(systemClock)
    model.plan({ deltas: ['No', 'va: Hello', ' there.\n', 'User: Hi', ' Nova!'] })
    const { house, nova } = await houseWith(model)
    await using _house = house
    const { text, finish } = await answered(house.doors.generate(asking(nova, 'Hi'), signal))
    expect(text.trim()).toBe('Hello there.')
    expect(finish?.reason).toBe('stop')
    expect(model.openCalls).toBe(0)
  })

  test('is asked again if its model spoke for the user only', async () => {
    const model = new FakeLanguageModel(systemClock, { deltas: ['Aye.'] })
    model.plan({ deltas: ['User: Hi Nova!'] })
    const { house, nova } = await houseWith(model)
    await using _house = house
    const { text } = await answered(house.doors.generate(asking(nova, 'Hi'), signal))
    expect(text).toBe('Aye.')
    expect(model.requests).toHaveLength(2)
  })

  test('sees pictures, and calls the functions of the program', async () => {
    const model = new FakeLanguageModel(systemClock)
    model.plan({ deltas: [], toolCalls: [CALL] })
    const { house, nova } = await houseWith(model)
    await using _house = house
    const picture = 'data:image/png;base64,AAAA'
    const request = {
      ...asking(nova, '', { tools: [WEATHER] }),
      messages: [
        { role: 'user' as const, parts: [{ type: 'image' as const, url: picture }] },
        message('assistant', 'A storm. Let me see.'),
        { ...message('assistant', ''), toolCalls: [{ ...CALL, id: 'call_0' }] },
        { ...message('tool', 'Rain'), toolCallId: 'call_0' },
        message('user', 'And now?'),
      ],
    }
    const { events, finish } = await answered(house.doors.generate(request, signal))
    expect(events[0]).toEqual({ type: 'tool_call', ...CALL })
    expect(finish?.reason).toBe('tool_calls')
    const sent = model.requests[0]?.messages ?? []
    expect(sent.find(({ images }) => images)).toMatchObject({ role: 'user', content: '', images: [picture] })
    expect(sent.find(({ toolCalls }) => toolCalls)?.toolCalls).toMatchObject([{ name: 'weather' }])
    expect(sent.find(({ role }) => role === 'tool')?.content).toBe('Rain')
  })
})
