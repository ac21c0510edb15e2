import { arithmeticIn, NO_ANSWER } from './arithmetic.ts'
import { say, sayOneOf, seconded } from './cue.ts'
import { recall } from './recall.ts'
import { type Responder } from './responders.ts'

/** Replies to questions that have one right answer. */

export const recalls: Responder = (cue) => {
  const remembered = recall(cue.words, cue.facts)
  if (remembered === undefined) return undefined
  if ('unknown' in remembered) return say(cue, 'notToldYet', { x: remembered.unknown })
  return seconded(cue) ?? say(cue, 'recalled', { answer: remembered.answer })
}

export const reckons: Responder = (cue) => {
  const answer = arithmeticIn(cue.said.replace(ASK_AWAY, ''))
  if (answer === undefined) return undefined
  if (answer === NO_ANSWER)
    return sayOneOf(cue, [
      'Nobody can divide by zero. Better people have tried.',
      'That has no answer, and I have looked for one.',
    ])
  return seconded(cue) ?? say(cue, 'sum', { answer })
}

/** "Felix, what is …", "ask Felix what is …": the sum begins after the name. */
const ASK_AWAY = /^(?:ask )?\p{L}+[, ]+(?=(?:what|how|calculate|\d))/iu

const DATE_FORMAT = new Intl.DateTimeFormat('en-US', { weekday: 'long', month: 'long', day: 'numeric' })
const TIME_FORMAT = new Intl.DateTimeFormat('en-US', { hour: 'numeric', minute: '2-digit' })

export const tellsTime: Responder = (cue) => {
  if (
    /\b(?:what time is it|what is the time|tell me the time|the time please|know (?:what time it is|the time)|have the time|how late is it|current time|what time it is)\b/u.test(
      cue.words,
    )
  ) {
    return seconded(cue) ?? say(cue, 'time', { answer: TIME_FORMAT.format(cue.date).replace(/\s/gu, ' ') })
  }
  if (
    /\b(?:what (?:day|date|month|year) is|what is (?:the|todays|today s) (?:day|date)|what is today|which day is|todays date|what day it is)\b/u.test(
      cue.words,
    )
  ) {
    const answer = cue.words.includes('year') ? String(cue.date.getFullYear()) : DATE_FORMAT.format(cue.date)
    return (
      seconded(cue) ??
      sayOneOf(
        cue,
        [
          'It is {answer}.',
          'Today is {answer}.',
          '{answer}, all day.',
          'It says {answer} on the call sheet.',
        ],
        { answer },
      )
    )
  }
  return undefined
}
