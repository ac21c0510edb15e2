import { describe, expect, test } from 'vitest'
import { chatHistory } from '../../../../../backend/engines/llm/gguf/chat-history.ts'
import { ChatRequest } from '../../../../../backend/engines/llm/gguf/chat-request.ts'
import { fitHistory } from '../../../../../backend/engines/llm/gguf/fit-history.ts'
import { type ChatItem } from '../../../../../backend/engines/llm/gguf/llama-types.ts'

const letters = (text: string): number => text.length

describe('a conversation that is too long for its model', () => {
  const history: ChatItem[] = [
    { type: 'system', text: 'S'.repeat(50) },
    { type: 'user', text: 'a'.repeat(100) },
    { type: 'model', response: ['b'.repeat(100)] },
    { type: 'user', text: 'c'.repeat(100) },
  ]

  test('loses what is oldest, and keeps what the character is', () => {
    expect(fitHistory(history, 300, letters)).toEqual([history[0], history[2], history[3]])
    expect(fitHistory(history, 180, letters)).toEqual([history[0], history[3]])
  })

  test('stays as it is if it fits', () => {
    expect(fitHistory(history, 1_000, letters)).toEqual(history)
  })

  test('loses the beginning of a text that alone is too long', () => {
    const fitted = fitHistory([{ type: 'user', text: `${'x'.repeat(10_000)} the end` }], 100, letters)
    expect(fitted).toHaveLength(1)
    const [item] = fitted
    expect(item).toMatchObject({ type: 'user' })
    const text = item?.type === 'user' ? item.text : ''
    expect(text.endsWith('the end')).toBe(true)
    expect(text.length).toBeLessThanOrEqual(100)
  })
})

describe('what tools found', () => {
  test('stands where they were asked, and the reply goes on behind it', () => {
    const { messages } = ChatRequest.parse({
      messages: [
        { role: 'user', content: 'Roll.' },
        {
          role: 'assistant',
          content: null,
          tool_calls: [{ id: '1', function: { name: 'roll', arguments: '{"sides":6}' } }],
        },
        { role: 'tool', tool_call_id: '1', content: '{"rolled":4}' },
        { role: 'assistant', content: 'A four.' },
      ],
    })
    expect(chatHistory(messages)).toEqual([
      { type: 'user', text: 'Roll.' },
      {
        type: 'model',
        response: [
          { type: 'functionCall', name: 'roll', params: { sides: 6 }, result: { rolled: 4 } },
          'A four.',
        ],
      },
    ])
  })
})
