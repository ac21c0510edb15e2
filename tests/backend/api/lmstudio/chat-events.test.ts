import { describe, expect, test } from 'vitest'
import { type GenerateEvent } from '../../../../backend/api/core/contract.ts'
import { ChatEvents, statsOf } from '../../../../backend/api/lmstudio/chat-events.ts'

const usage = {
  promptTokens: 10,
  cachedTokens: 0,
  completionTokens: 30,
  reasoningTokens: 5,
  loadMs: 500,
  firstTokenMs: 250,
  totalMs: 2_250,
}

function told(...events: GenerateEvent[]): { types: string[]; output: readonly object[] } {
  let nowMs = 0
  const chat = new ChatEvents(() => (nowMs += 100))
  const types = events.flatMap((event) => chat.take(event)).map(({ type }) => type)
  return { types, output: chat.result.output }
}

describe('The events of a reply', () => {
  test('begin and end each of its parts once', () => {
    const { types, output } = told(
      { type: 'load' },
      { type: 'load', progress: 0.5 },
      { type: 'reasoning', text: 'hm' },
      { type: 'reasoning', text: '…' },
      { type: 'text', text: 'Good ' },
      { type: 'text', text: 'evening' },
      { type: 'finish', reason: 'stop', usage },
    )
    expect(types).toEqual([
      'model_load.start',
      'model_load.progress',
      'model_load.end',
      'prompt_processing.start',
      'prompt_processing.end',
      'reasoning.start',
      'reasoning.delta',
      'reasoning.delta',
      'reasoning.end',
      'message.start',
      'message.delta',
      'message.delta',
      'message.end',
    ])
    expect(output).toEqual([
      { type: 'reasoning', content: 'hm…' },
      { type: 'message', content: 'Good evening' },
    ])
  })

  test('tell what the model wants to call', () => {
    const { types, output } = told(
      { type: 'tool_call', id: '1', name: 'dice', argumentsJson: '{"sides":6}' },
      { type: 'finish', reason: 'tool_calls', usage },
    )
    expect(types.slice(-2)).toEqual(['tool_call.start', 'tool_call.arguments'])
    expect(output).toMatchObject([{ type: 'tool_call', tool: 'dice', arguments: { sides: 6 } }])
  })

  test('say nothing twice of a prompt whose reading was told before', () => {
    const chat = new ChatEvents(() => 0)
    expect(chat.reading().map(({ type }) => type)).toEqual(['prompt_processing.start'])
    expect(chat.take({ type: 'text', text: 'Hi' }).map(({ type }) => type)).toEqual([
      'prompt_processing.end',
      'message.start',
      'message.delta',
    ])
    expect(chat.end().map(({ type }) => type)).toEqual(['message.end'])
    expect(chat.end()).toEqual([])
  })

  test('are counted in seconds', () => {
    expect(statsOf(usage)).toEqual({
      input_tokens: 10,
      total_output_tokens: 30,
      reasoning_output_tokens: 5,
      tokens_per_second: 20,
      time_to_first_token_seconds: 0.25,
      model_load_time_seconds: 0.5,
    })
  })
})
