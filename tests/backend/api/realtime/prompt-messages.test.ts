import { describe, expect, it } from 'vitest'
import { Sound } from '../../../../backend/api/realtime/audio-format.ts'
import { type Item } from '../../../../backend/api/realtime/items.ts'
import { promptMessages, withinContext } from '../../../../backend/api/realtime/prompt-messages.ts'
import { type DoorMessage } from '../../../../backend/api/core/contract.ts'

const status = 'completed'

function said(text: string): Item {
  return { id: text, type: 'message', role: 'user', status, content: [{ type: 'input_text', text }] }
}

function call(callId: string): Item {
  return { id: callId, type: 'function_call', status, callId, name: 'weather', argumentsJson: '{}' }
}

function result(callId: string): Item {
  return { id: `${callId} result`, type: 'function_call_output', status, callId, output: 'sunny' }
}

function roles(items: readonly Item[]): string[] {
  return promptMessages(items, { instructions: '' }).map(({ role }) => role)
}

describe('the prompt of a conversation', () => {
  it('has instructions in front, and what holds for one response behind', () => {
    const messages = promptMessages([said('Hello')], { instructions: 'Be brief.', note: 'Now sing.' })
    expect(messages.map(({ role, parts }) => [role, parts[0]])).toEqual([
      ['system', { type: 'text', text: 'Be brief.' }],
      ['user', { type: 'text', text: 'Hello' }],
      ['system', { type: 'text', text: 'Now sing.' }],
    ])
  })

  it('leaves out what nobody understood', () => {
    const sound = new Sound(24_000, new Int16Array(24_000))
    const part = { type: 'input_audio' as const, transcript: '', sound }
    expect(roles([{ id: 'a', type: 'message', role: 'user', status, content: [part] }])).toEqual([])
  })

  it('has every call right before its result, and none without one', () => {
    const items = [said('Weather?'), call('one'), call('two'), call('open'), result('two'), result('one')]
    const messages = promptMessages(items, { instructions: '' })
    expect(
      messages.map((message) => message.toolCalls?.[0]?.id ?? message.toolCallId ?? message.role),
    ).toEqual(['user', 'two', 'two', 'one', 'one'])
    expect(roles([result('lost')])).toEqual(['system'])
  })
})

describe('a conversation that is too long', () => {
  const messages: DoorMessage[] = [
    { role: 'system', parts: [{ type: 'text', text: 'Be brief.' }] },
    ...Array.from({ length: 50 }, (_, index): DoorMessage => ({
      role: index % 2 === 0 ? 'user' : 'assistant',
      parts: [{ type: 'text', text: `This is line number ${index} of a long conversation` }],
    })),
  ]

  it('loses its oldest lines, but not its instructions nor its last line', () => {
    const kept = withinContext(messages, { contextTokens: 400, truncation: 'auto' })
    expect(kept.length).toBeLessThan(messages.length)
    expect(kept[0]).toBe(messages[0])
    expect(kept.at(-1)).toBe(messages.at(-1))
  })

  it('loses more at once where the client wants that', () => {
    const truncation = { type: 'retention_ratio' as const, retention_ratio: 0.5 }
    const auto = withinContext(messages, { contextTokens: 400, truncation: 'auto' })
    expect(withinContext(messages, { contextTokens: 400, truncation }).length).toBeLessThan(auto.length)
  })

  it('stays whole where the client forbids it, or where there is room', () => {
    expect(withinContext(messages, { contextTokens: 400, truncation: 'disabled' })).toHaveLength(51)
    expect(withinContext(messages, { contextTokens: Infinity, truncation: 'auto' })).toHaveLength(51)
  })
})
