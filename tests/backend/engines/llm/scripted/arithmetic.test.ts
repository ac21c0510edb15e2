import { expect, test } from 'vitest'
import { arithmeticIn, NO_ANSWER } from '../../../../../backend/engines/llm/scripted/arithmetic.ts'

test.each([
  ['what is twelve times seven', '84'],
  ["What's 12 x 7?", '84'],
  ['whats fifteen percent of eighty', '12'],
  ['2+2*3?', '8'],
  ['two to the power of ten', '1024'],
  ['how much is one thousand two hundred and six minus 6', '1200'],
  ['what is 1,200 divided by five', '240'],
  ['the square root of a hundred and forty four', '12'],
  ['add three and four', '7'],
  ['what is two plus to', '4'],
  ['nine squared', '81'],
  ['what is three point one four times two', '6.28'],
  ['half of ninety nine', '49.5'],
  ['twenty-one plus twenty-one', '42'],
  ['10 divided by 4', '2.5'],
])('arithmeticIn() works out %j', (text, answer) => {
  expect(arithmeticIn(text)).toBe(answer)
})

test('arithmeticIn() knows that nothing is divided by zero', () => {
  expect(arithmeticIn('what is ten divided by zero')).toBe(NO_ANSWER)
})

test.each(['i told you three times', 'i have two dogs and three cats', 'the second one', 'hello', ''])(
  'arithmeticIn() finds no sum in %j',
  (text) => {
    expect(arithmeticIn(text)).toBeUndefined()
  },
)
