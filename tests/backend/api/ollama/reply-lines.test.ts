import { describe, expect, test } from 'vitest'
import { collected } from '../../../support/collected.ts'
import { type GenerateEvent } from '../../../../backend/api/core/contract.ts'
import {
  metricsOf,
  replyLines,
  type ReplyShape,
  wholeReply,
} from '../../../../backend/api/ollama/reply-lines.ts'

const usage = {
  promptTokens: 26,
  cachedTokens: 4,
  completionTokens: 7,
  reasoningTokens: 2,
  loadMs: 1.334_875,
  firstTokenMs: 342.546,
  totalMs: 4_883.583_458,
}

const shape: ReplyShape = {
  head: () => ({ model: 'nova' }),
  text: (text) => ({ text }),
  thinking: (thinking) => ({ thinking }),
  toolCall: (call) => ({ call }),
  whole: (reply) => ({ ...reply }),
  tail: (text) => ({ said: text }),
}

async function* events(...told: GenerateEvent[]): AsyncGenerator<GenerateEvent> {
  yield* told
}

const thinks: GenerateEvent = { type: 'reasoning', text: 'hm' }
const says: GenerateEvent = { type: 'text', text: 'Hi' }
const calls: GenerateEvent = { type: 'tool_call', id: 'call_1', name: 'dice', argumentsJson: '{"sides":6}' }
const ends: GenerateEvent = { type: 'finish', reason: 'tool_calls', usage }

describe('A reply', () => {
  test('is one line for each piece, and one that says how it ended', async () => {
    const told = events({ type: 'load', progress: 0.5 }, thinks, says, says, calls, ends)
    const lines = await collected(replyLines(told, { shape, hidesThoughts: false }))
    expect(lines).toEqual([
      { model: 'nova', thinking: 'hm', done: false },
      { model: 'nova', text: 'Hi', done: false },
      { model: 'nova', text: 'Hi', done: false },
      {
        model: 'nova',
        call: { id: 'call_1', function: { index: 0, name: 'dice', arguments: { sides: 6 } } },
        done: false,
      },
      { model: 'nova', text: '', done: true, done_reason: 'stop', ...metricsOf(usage), said: 'HiHi' },
    ])
  })

  test('in one piece holds the same', async () => {
    const told = events(thinks, says, calls, says, { type: 'finish', reason: 'length', usage })
    expect(await wholeReply(told, { shape, hidesThoughts: false })).toMatchObject({
      text: 'HiHi',
      thinking: 'hm',
      toolCalls: [{ id: 'call_1' }],
      done: true,
      done_reason: 'length',
    })
  })

  test('keeps thoughts to itself where they are not wanted', async () => {
    const options = { shape, hidesThoughts: true }
    const lines = await collected(replyLines(events(thinks, says, ends), options))
    expect(JSON.stringify(lines)).not.toContain('hm')
    expect(await wholeReply(events(thinks, says, ends), options)).toMatchObject({ thinking: '' })
  })

  test.each(['{"sides":', '[1]', '"six"', 'null'])(
    'with arguments that are no object (%s) calls without arguments',
    async (argumentsJson) => {
      const told = events({ ...calls, argumentsJson }, ends)
      const reply = await wholeReply(told, { shape, hidesThoughts: false })
      expect(reply).toMatchObject({ toolCalls: [{ function: { arguments: {} } }] })
    },
  )

  test('is measured in whole nanoseconds', () => {
    expect(metricsOf(usage)).toEqual({
      total_duration: 4_883_583_458,
      load_duration: 1_334_875,
      prompt_eval_count: 26,
      prompt_eval_duration: 342_546_000,
      eval_count: 7,
      eval_duration: 4_539_702_583,
    })
  })
})
