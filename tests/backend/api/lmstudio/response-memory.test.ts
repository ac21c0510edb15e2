import { expect, test } from 'vitest'
import { type DoorMessage } from '../../../../backend/api/core/contract.ts'
import { ResponseMemory } from '../../../../backend/api/lmstudio/response-memory.ts'

function says(text: string): DoorMessage[] {
  return [{ role: 'user', parts: [{ type: 'text', text }] }]
}

test('A conversation is found by the id of its last answer, and forgotten when others came since', () => {
  const memory = new ResponseMemory({ maxResponses: 2, maxCharacters: 1_000 })
  const first = memory.keep(says('one'))
  const second = memory.keep(says('two'))
  expect(first).toMatch(/^resp_[0-9a-f]{48}$/)
  expect(memory.find(first)).toEqual(says('one'))
  memory.keep(says('three'))
  expect(memory.find(second)).toBeUndefined()
  expect(memory.find(first)).toEqual(says('one'))
})

test('Long conversations push out more than short ones', () => {
  const memory = new ResponseMemory({ maxResponses: 100, maxCharacters: 1_000 })
  const ids = Array.from({ length: 10 }, () => memory.keep(says('x'.repeat(100))))
  memory.keep(says('y'.repeat(950)))
  expect(ids.filter((id) => memory.find(id))).toEqual([])
})
