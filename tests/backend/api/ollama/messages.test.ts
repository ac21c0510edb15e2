import { describe, expect, test } from 'vitest'
import { messagesOf } from '../../../../backend/api/ollama/messages.ts'
import { OllamaMessage } from '../../../../backend/api/ollama/requests.ts'

const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='

function read(...messages: object[]) {
  return messagesOf(messages.map((message) => OllamaMessage.parse(message)))
}

describe('Messages', () => {
  test('may have a role in any case, and no content', () => {
    expect(read({ role: 'USER', content: 'Hi' }, { role: 'assistant', content: null })).toEqual([
      { role: 'user', parts: [{ type: 'text', text: 'Hi' }] },
      { role: 'assistant', parts: [{ type: 'text', text: '' }] },
    ])
  })

  test('carry pictures with the type that their bytes have', () => {
    const url = `data:image/png;base64,${PNG}`
    const expected = [
      { type: 'text', text: 'What is this?' },
      { type: 'image', url },
    ]
    for (const image of [PNG, url]) {
      const [message] = read({ role: 'user', content: 'What is this?', images: [image] })
      expect(message?.parts).toEqual(expected)
    }
  })

  test.each(['not base64 at all!', Buffer.from('<svg onload="alert(1)">').toString('base64')])(
    'with pictures that are none are refused: %s',
    (image) => {
      expect(() => read({ role: 'user', content: '', images: [image] })).toThrow(/base64|pictures/)
    },
  )

  test('tie the results of tools to their calls by id, by name, or by order', () => {
    const calls = [
      { id: 'call_a', function: { name: 'weather', arguments: { city: 'Tokyo' } } },
      { function: { name: 'time', arguments: '{"zone":"JST"}' } },
      { function: { name: 'dice' } },
    ]
    const messages = read(
      { role: 'assistant', content: '', tool_calls: calls },
      { role: 'tool', content: 'Noon', tool_name: 'time' },
      { role: 'tool', content: 'Sun', tool_call_id: 'call_a' },
      { role: 'tool', content: '6' },
    )
    expect(messages[0]?.toolCalls).toEqual([
      { id: 'call_a', name: 'weather', argumentsJson: '{"city":"Tokyo"}' },
      { id: 'call_1', name: 'time', argumentsJson: '{"zone":"JST"}' },
      { id: 'call_2', name: 'dice', argumentsJson: '{}' },
    ])
    expect(messages.slice(1).map(({ toolCallId }) => toolCallId)).toEqual(['call_1', 'call_a', 'call_2'])
  })
})
