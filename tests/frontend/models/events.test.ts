import { describe, expect, it } from 'vitest'
import { RunnerTalkEvent } from '#shared/entities.ts'
import { readEvents } from '../../../frontend/src/components/models/read-events.ts'

async function told(...pieces: readonly string[]): Promise<RunnerTalkEvent[]> {
  const encoder = new TextEncoder()
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const piece of pieces) controller.enqueue(encoder.encode(piece))
      controller.close()
    },
  })
  const events: RunnerTalkEvent[] = []
  for await (const event of readEvents(body, RunnerTalkEvent)) events.push(event)
  return events
}

describe('what a reply is told in', () => {
  it('may come in any pieces', async () => {
    const whole = 'data: {"type":"text","text":"Hä"}\n\n: ping\n\ndata: {"type":"text","text":"llo"}\n\n'
    const expected = [
      { type: 'text', text: 'Hä' },
      { type: 'text', text: 'llo' },
    ]
    expect(await told(whole)).toEqual(expected)
    expect(await told(...whole.split(''))).toEqual(expected)
  })

  it('passes over what is not known', async () => {
    expect(
      await told('data: {"type":"news"}\n\ndata: half', '\n\ndata: {"type":"text","text":"a"}\n\n'),
    ).toEqual([{ type: 'text', text: 'a' }])
  })

  it('ends its last piece with the end of the answer', async () => {
    expect(await told('data: {"type":"done","first_token_ms":3}')).toEqual([
      { type: 'done', first_token_ms: 3 },
    ])
  })
})
