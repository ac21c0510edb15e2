import { describe, expect, test } from 'vitest'
import { LineInput } from '../../../backend/cli/line-input.ts'

function entered(...lines: readonly string[]): string | undefined {
  const input = new LineInput()
  let text: string | undefined
  for (const line of lines) {
    const result = input.add(line)
    text = result.isOpen ? undefined : result.text
  }
  return text
}

describe('LineInput', () => {
  test('takes a line as a message', () => {
    expect(entered('  hello ')).toBe('hello')
  })

  test('goes on after a backslash at the end of a line', () => {
    expect(entered('one\\')).toBeUndefined()
    expect(entered('one\\', 'two\\', 'three')).toBe('one\ntwo\nthree')
  })

  test('takes everything between three quotes as one message', () => {
    expect(entered('"""', 'one', '', 'two\\', '"""')).toBe('one\n\ntwo\\')
    expect(entered('"""one', 'two"""')).toBe('one\ntwo')
    expect(entered('"""one"""')).toBe('one')
  })

  test('goes on where it is told to', () => {
    const input = new LineInput()
    expect(input.add('"""', true)).toEqual({ isOpen: true })
    expect(input.isOpen).toBe(true)
    expect(input.add('b')).toEqual({ isOpen: false, text: '"""\nb' })
    expect(input.isOpen).toBe(false)
  })

  test('forgets what was begun', () => {
    const input = new LineInput()
    input.add('"""one')
    input.clear()
    expect(input.add('two')).toEqual({ isOpen: false, text: 'two' })
  })
})
