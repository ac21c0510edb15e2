import { expect, test } from 'vitest'
import { fromContext, toContext } from '../../../../backend/api/ollama/context.ts'

test('A context brings back what was said, whatever it was', () => {
  const context = toContext(
    [{ role: 'user', parts: [{ type: 'text', text: 'Grüß dich 🌙' }] }],
    'Guten Abend',
  )
  expect(context.every((number) => Number.isInteger(number))).toBe(true)
  expect(fromContext(context)).toEqual([
    { role: 'user', parts: [{ type: 'text', text: 'Grüß dich 🌙' }] },
    { role: 'assistant', parts: [{ type: 'text', text: 'Guten Abend' }] },
  ])
})

test('A context that comes from elsewhere says nothing', () => {
  for (const numbers of [[], [1, 2, 3], [128_000, 9_906, -1, 0.5], [...Buffer.from('[["system","x"]]')]]) {
    expect(fromContext(numbers)).toEqual([])
  }
})
