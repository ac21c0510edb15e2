import { expect, test } from 'vitest'
import { type ReplyEvent } from '../../../../backend/engines/contracts.ts'
import { ThinkTags } from '../../../../backend/engines/llm/think-tags.ts'

function read(...deltas: readonly string[]): { text: string; reasoning: string } {
  const tags = new ThinkTags()
  const events: ReplyEvent[] = [...deltas.flatMap((delta) => tags.push(delta)), ...tags.flush()]
  const of = (type: 'text' | 'reasoning'): string =>
    events.map((event) => (event.type === type ? event.text : '')).join('')
  return { text: of('text'), reasoning: of('reasoning') }
}

const REPLY = '<think>Who is it?</think>\n\nGood evening. 2 < 3, you know.'

test('ThinkTags finds the tags however the text is cut', () => {
  for (let cut = 1; cut < REPLY.length; cut++) {
    expect(read(REPLY.slice(0, cut), REPLY.slice(cut))).toEqual({
      text: 'Good evening. 2 < 3, you know.',
      reasoning: 'Who is it?',
    })
  }
  expect(read(...REPLY.split('')).reasoning).toBe('Who is it?')
})

test('ThinkTags lets text without tags pass unchanged and at once', () => {
  const tags = new ThinkTags()
  expect(tags.push(' Hello ')).toEqual([{ type: 'text', text: ' Hello ' }])
  expect(tags.push('<b>')).toEqual([{ type: 'text', text: '<b>' }])
})

test('ThinkTags gives back what only looked like a tag', () => {
  expect(read('a <thin')).toEqual({ text: 'a <thin', reasoning: '' })
})

test('ThinkTags drops a closing tag whose opening was in the prompt', () => {
  expect(read('</think>Hello')).toEqual({ text: 'Hello', reasoning: '' })
})
