import { expect, it } from 'vitest'
import { isBackchannel } from '../../../backend/pipeline/backchannel.ts'

const LISTENING =
  `mm-hm|Mm-hmm.|mmmm|hmmm|mhm|uh huh|Uh-huh.|yeah|Yeah, yeah.|yep|okay|OK|right|I see.|oh, I see|got it|that’s right|
mhm, okay|<sil> yeah(2)|[noise] right|sounds good|oh wow|yeahhh`.split('|')

const SPEAKING =
  `|...|<sil>|stop|wait|no|no no no|okay stop|yeah but|right?|really?|what|Nora|hold on|i see a dog|um|hello|
yes i want to ask something|yeah yeah yeah yeah yeah yeah`.split('|')

it.each(LISTENING)('isBackchannel() hears that somebody listens: %j', (text) => {
  expect(isBackchannel(text)).toBe(true)
})

it.each(SPEAKING)('isBackchannel() leaves the floor to: %j', (text) => {
  expect(isBackchannel(text)).toBe(false)
})
