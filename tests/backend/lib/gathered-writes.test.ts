import { Writable } from 'node:stream'
import { expect, test } from 'vitest'
import { gathering } from '../../../backend/lib/gathered-writes.ts'
import { macrotask } from '../../../backend/lib/macrotask.ts'

function connection() {
  const pieces: string[][] = []
  const stream = new Writable({
    decodeStrings: false,
    write: (chunk: string, _encoding, done) => {
      pieces.push([chunk])
      done()
    },
    writev: (chunks, done) => {
      pieces.push(chunks.map(({ chunk }) => String(chunk)))
      done()
    },
  })
  const gather = gathering(stream)
  const write = (text: string): void => {
    gather()
    stream.write(text)
  }
  return { pieces, write }
}

test('what is written in one go leaves in one piece, and at once', async () => {
  const { pieces, write } = connection()
  write('one')
  await Promise.resolve()
  write('two')
  expect(pieces).toEqual([])
  await macrotask()
  expect(pieces).toEqual([['one', 'two']])
  write('three')
  await macrotask()
  expect(pieces).toEqual([['one', 'two'], ['three']])
})
