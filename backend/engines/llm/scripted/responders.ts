import { type Cue, ledIn, say, sayOneOf } from './cue.ts'
import { isQuestion, plainWords } from './heard.ts'
import { intentOf, topicIn } from './intents.ts'
import { clause } from './recall.ts'
import { reflected } from './reflect.ts'
import { type Moment } from './personas/persona.ts'

/** Each says something, or leaves it to the next. */
export type Responder = (cue: Cue) => string | undefined

export const goesOn: Responder = (cue) => {
  if (!cue.isGoingOn) return undefined
  return sayOneOf(cue, [...cue.persona.fact, ...cue.persona.story])
}

export const greets: Responder = (cue) => {
  const isGreeting =
    !cue.scene.history.some((line) => line.speaker === 'user') ||
    (cue.words === '' && cue.allWords !== '') ||
    /^good (?:morning|evening|afternoon|day)$/u.test(cue.words)
  if (!isGreeting) return undefined
  const opening =
    cue.ownLast === '' && cue.scene.speaker.firstMessage !== '' ? [cue.scene.speaker.firstMessage] : []
  const lines = [...opening, ...cue.persona.greeting].filter((line) => suits(line, cue))
  return lines.length > 0 ? sayOneOf(cue, lines) : say(cue, 'howAreYou')
}

/** Nobody introduces himself twice, or asks for a name he knows. */
function suits(line: string, cue: Cue): boolean {
  const { name } = cue.scene.speaker
  const isIntroduction =
    line.includes('{self}') || new RegExp(`(?:I am|^|\\. )${name.replaceAll(/\W/gu, '.')}\\b`, 'u').test(line)
  const asksName = /who are you|your name|call you|and you are|with a name/iu.test(line)
  const isReturn = /again|wondered|hoping for the next|saved you/iu.test(line)
  if (cue.ownLast === '') return !(cue.userName !== undefined && asksName) && !isReturn
  return !isIntroduction && !asksName
}

export const mishears: Responder = (cue) => (cue.words === '' ? say(cue, 'silence') : undefined)

const ASK =
  /^(?:(?:can|could|may|will|would) (?:you|i|we) |let us |let me |i (?:want|would like) to )*(?:ask|talk to|speak (?:to|with)|call|bring in|get|where is|is) ([a-z]+)\b/u

export const handsOver: Responder = (cue) => {
  const asked = ASK.exec(cue.allWords)?.[1]
  const other = cue.others.find((name) => plainWords(name) === asked)
  if (other !== undefined && cue.otherWhoSpoke !== other) return say(cue, 'handOver', { other })
  const about =
    /\b(?:who is|what about|do you (?:like|know)|tell me about|think (?:of|about)) ([a-z]+)$/u.exec(
      cue.allWords,
    )?.[1]
  const subject = cue.others.find((name) => plainWords(name) === about)
  return subject === undefined ? undefined : say(cue, 'aboutOther', { other: subject })
}

export const presents: Responder = (cue) => {
  if (
    !/\b(?:who (?:else )?is (?:here|there|with (?:you|us))|who else|anybody else|anyone else|who is in the (?:room|cast)|are you alone)\b/u.test(
      cue.words,
    )
  ) {
    return undefined
  }
  return say(cue, cue.others.length === 0 ? 'alone' : 'company')
}

export const learns: Responder = (cue) => {
  const name = cue.told.find(({ about }) => about === 'name')
  const [fact, second] = cue.told.filter(({ about }) => about !== 'name')
  if (name && !fact) return say(cue, 'nameLearned')
  if (!fact) return undefined
  const answer = say(cue, 'factLearned', {
    x: second ? `${clause(fact)} and ${clause(second)}` : clause(fact),
  })
  const reply = name ? `${name.value}, then. ${answer}` : answer
  return asksBack(cue) ? `${firstSentence(reply)} ${firstSentence(say(cue, 'likes'))}` : reply
}

/** What the character offered, and got a yes for. */
const OFFERS: readonly (readonly [RegExp, Moment])[] = [
  [/story[^.]*\?$/u, 'story'],
  [/joke[^.]*\?$/u, 'joke'],
  [/fact[^.]*\?/u, 'fact'],
]

export const respondsToIntent: Responder = (cue) => {
  if (asksBack(cue)) {
    const isAboutHealth =
      /\b(?:fine|good|well|okay|great|bad)\b/u.test(cue.words) || /\b(?:day|how)\b/iu.test(cue.ownLast)
    return say(cue, isAboutHealth ? 'howAreYou' : 'likes')
  }
  const wanted = /^(?:another|one more|again|more)(?: one)?(?: please)?$/u.test(cue.words)
  const intent = intentOf(cue.words)
  if (wanted) return say(cue, lastGiven(cue) ?? 'story')
  if (intent === 'howAreYou' && /\b(?:fine|good|well|great|okay|not bad)\b/u.test(cue.words)) {
    return withoutQuestion(say(cue, 'howAreYou'))
  }
  if (intent !== 'yes') return intent && say(cue, intent)
  const offer = OFFERS.find(([pattern]) => pattern.test(cue.ownLast))
  return say(cue, offer?.[1] ?? 'yes')
}

function lastGiven(cue: Cue): Moment | undefined {
  return (['joke', 'story', 'fact'] as const).find((moment) =>
    cue.persona[moment].some((line) => cue.ownLast.includes(line)),
  )
}

export const hasOpinion: Responder = (cue) => {
  const topic = topicIn(cue.words)
  const isBare =
    /^(?:(?:what|and what) do you think|what do you say|do you agree|your opinion|is that (?:true|right)|what about you)$/u.test(
      cue.words,
    )
  if (topic === undefined && !isBare) return undefined
  return ledIn(cue, say(cue, 'opinion', { x: topic === undefined ? 'that' : proper(cue, reflected(topic)) }))
}

export const wonders: Responder = (cue) =>
  isQuestion(cue.said, cue.words) ? ledIn(cue, say(cue, 'question')) : undefined

export const reflects: Responder = (cue) => {
  const words = cue.words.split(' ')
  const first = words.slice(
    0,
    Math.max(
      3,
      words.findIndex((word, index) => index > 3 && /^(?:because|but|and|so|when|which)$/u.test(word)),
    ),
  )
  const phrase = (first.length < words.length && first.length > 3 ? first : words).join(' ')
  const isStatement =
    /^(?:i|my|we|our|you|it is|it was|the|he|she|they|there|this|people|everybody|life) /u.test(phrase)
  const length = phrase.split(' ').length
  // Not every time: a mirror is dull company.
  if (!isStatement || length < 3 || length > 11 || Math.floor(cue.scene.history.length / 2) % 2 === 0)
    return undefined
  return ledIn(cue, say(cue, 'reflection', { x: proper(cue, reflected(phrase)) }))
}

export const asksOn: Responder = (cue) => {
  // The character's own thread: now and then something known of the user comes back.
  const fact = cue.facts.find(({ about }) => about !== 'name' && about !== 'age')
  const reminder = fact && cue.scene.history.length % 5 === 4 ? say(cue, 'followUp') : undefined
  return reminder !== undefined && fact
    ? `You said ${clause(fact)}. Has that to do with it?`
    : ledIn(cue, say(cue, 'followUp'))
}

function asksBack(cue: Cue): boolean {
  return cue.words === 'you' || /\b(?:and|what about|how about) (?:you|yourself)$/u.test(cue.words)
}

/** Gives the names the user wrote or told their capitals back. */
function proper(cue: Cue, words: string): string {
  const written = cue.said.slice(0, 300).match(/(?<=[\p{Ll},] )\p{Lu}\p{L}+/gu) ?? []
  const told = cue.facts.flatMap(({ about, value }) =>
    /^(?:name|called|home)/u.test(about) ? (value.match(/\p{Lu}\p{L}+/gu) ?? []) : [],
  )
  const names = new Map([...told, ...written].map((name) => [name.toLowerCase(), name]))
  return words
    .split(' ')
    .map((word) => names.get(word) ?? word)
    .join(' ')
}

/** They have told already how they are. */
function withoutQuestion(text: string): string {
  const sentences = text.match(/[^.!?]+[.!?]+/gu) ?? [text]
  return (
    sentences
      .filter((sentence) => !sentence.endsWith('?'))
      .join('')
      .trim() || text
  )
}

function firstSentence(text: string): string {
  return /^.*?[.!?](?= |$)/u.exec(text)?.[0] ?? text
}
