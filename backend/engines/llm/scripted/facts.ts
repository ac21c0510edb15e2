import { type SceneLine } from '../../contracts.ts'
import { capitalised, plainWords } from './heard.ts'
import { reflected } from './reflect.ts'

/** One thing the user said about themselves. */
export interface Fact {
  /** `name`, `home`, `work`, `age`, `likes`, `dislikes`, `called dog`, `favourite colour`, `has sister`. */
  readonly about: string
  /** As it is said back. */
  readonly value: string
}

interface FactPattern {
  readonly pattern: RegExp
  readonly fact: (groups: readonly string[]) => Fact | undefined
}

const THING = '((?:[a-z]+ ){0,2}?[a-z]+?)s?'
/** A clause ends here: what comes after is another matter. */
const END =
  '(?= (?:and (?:i|my|he|she|we|they|it|that|this|you|what|how)|but|because|so|which|who|then|when|if|or|now|since|though|with my)\\b|$)'
const REST = `((?:\\S+ ){0,7}?\\S+)${END}`

const PATTERNS: readonly FactPattern[] = [
  named(/(?:^|and )my name is (\S+)/u),
  named(/(?:^|and )(?:you can |please |just )?call me (\S+)/u),
  named(/^(?:this is|i am called|i am named|they call me|people call me) (\S+)$/u),
  pattern(`\\bmy favourite ${THING} (?:is|are) ${REST}`, ([thing, value]) => ({
    about: `favourite ${thing}`,
    value,
  })),
  pattern(`\\bmy ${THING} name is (\\S+)`, ([thing, value]) => ({
    about: `called ${thing}`,
    value: capitalised(value),
  })),
  pattern(
    `\\bmy ${THING} (?:(?:is|are) )?(?:called|named) (\\S+(?: and (?!(?:he|she|it|they|i|we|my|that|is)\\b)\\S+)?)`,
    ([thing, value]) => ({
      about: `called ${thing}`,
      value: capitalisedNames(value),
    }),
  ),
  pattern(
    `\\bi have (?:a|an|two|three|one) ((?:[a-z]+ )?[a-z]+?)s? (?:called|named|whose name is) (\\S+(?: and (?!(?:he|she|it|they|i|we|my|that|is)\\b)\\S+)?)`,
    ([thing, value]) => ({ about: `called ${thing}`, value: capitalisedNames(value) }),
  ),
  pattern(`\\bi (?:live|am living) (in |at |near |on )${REST}`, ([how, where]) => ({
    about: 'home',
    value: `live ${how} ${capitalisedPlace(where)}`,
  })),
  pattern(`\\bi (?:come|am) from ${REST}`, ([where]) => ({
    about: 'home',
    value: `come from ${capitalisedPlace(where)}`,
  })),
  pattern(`\\bi work (as (?:a |an |the )?|in |at |for )${REST}`, ([how, what]) => ({
    about: 'work',
    value: `${how} ${reflected(what)}`,
  })),
  pattern(
    `\\bi am (an? (?:[a-z]+ )?(?:[a-z]+(?:er|or|ist|ian|ant|ent|man|woman|ect)|nurse|cook|chef|pilot|judge|clerk|coach|vet))$`,
    ([what]) => ({ about: 'work', value: `as ${what}` }),
  ),
  pattern(`\\bi am (\\S+(?: \\S+)?) years old`, ([value]) => ({ about: 'age', value })),
  pattern(
    `\\bi (?:really |also |just |absolutely )?(?:like|love|enjoy|adore) (?!you\\b|it\\b|that\\b|this\\b|to know\\b|them\\b|him\\b|her\\b)${REST}`,
    ([value]) => ({ about: 'likes', value: reflected(value) }),
  ),
  pattern(
    `\\bi (?:really |absolutely )?(?:hate|do not like|can not stand|dislike) (?!you\\b|it\\b|that\\b|this\\b|them\\b|him\\b|her\\b)${REST}`,
    ([value]) => ({ about: 'dislikes', value: reflected(value) }),
  ),
  pattern(
    `\\bi (?:have|have got) ((?:a|an|two|three|four|five) (?:\\S+ )?(?:dogs?|cats?|sisters?|brothers?|sons?|daughters?|children|kids?|horses?|birds?|parrots?|bikes?|boats?|gardens?|rabbits?|hamsters?|pianos?|guitars?))`,
    ([value]) => ({ about: 'has', value }),
  ),
]

/** What is told in one line, in the order of the patterns. */
function factsIn(text: string): Fact[] {
  const words = plainWords(text)
  if (/^(?:what|who|where|do you|how|when|did|can) /u.test(words)) return []
  const facts: Fact[] = []
  for (const { pattern: expression, fact } of PATTERNS) {
    const match = expression.exec(words)
    const found = match && fact(match.slice(1).map((group) => group.trim()))
    if (found && !facts.some(({ about }) => about === found.about)) facts.push(found)
  }
  // "two cats called …" says more than "two cats".
  const isCalled = facts.some(({ about }) => about.startsWith('called '))
  return isCalled ? facts.filter(({ about }) => about !== 'has') : facts
}

/**
 * Everything the user told in this conversation, newest first.
 * @param cast the names of those present: "felix" is called, not introduced.
 */
export function factsOf(history: readonly SceneLine[], cast: readonly string[]): Fact[] {
  const facts: Fact[] = []
  let answersSinceAsked = Infinity
  for (const line of history.slice(-MAX_LINES)) {
    if (line.speaker === 'character') {
      if (asksForName(line.text)) answersSinceAsked = 0
      continue
    }
    const told = factsIn(line.text)
    const name = introduction(line.text, answersSinceAsked, cast)
    if (name !== undefined && !told.some(({ about }) => about === 'name')) {
      told.push({ about: 'name', value: name })
    }
    facts.unshift(...told)
    answersSinceAsked += 1
  }
  return facts
}

/** The shorter the answer, the sooner after the question it must come to count as a name. */
function introduction(text: string, answersSinceAsked: number, cast: readonly string[]): string | undefined {
  const name = answersSinceAsked <= 2 ? bareName(text, answersSinceAsked === 0) : undefined
  const isPresent = cast.some((present) => present.toLowerCase() === name?.toLowerCase())
  return isPresent ? undefined : (name ?? nameByItself(text))
}

const MAX_LINES = 500

function asksForName(text: string): boolean {
  return /call you|your name|who are you|and you are\?|who might you be|shall I call/iu.test(text.slice(-300))
}

/** "Anna", "i am anna", "it is anna": a name where one was asked for. */
function bareName(text: string, mayBeAlone: boolean): string | undefined {
  const match =
    /^(?:(?:hi|hello|hey) )?(?:i am |it is |that would be |just |my friends call me )?([a-z\u00C0-\u024F]{2,20})(?: please)?$/u.exec(
      plainWords(text),
    )
  const name = mayBeAlone || / /u.test(match?.[0] ?? '') ? match?.[1] : undefined
  return name === undefined || NOT_NAMES.has(name) ? undefined : capitalised(name)
}

/** "I'm Anna": without having been asked, only what is written like a name. */
function nameByItself(text: string): string | undefined {
  const match = /\bI(?:['’]m| am) (\p{Lu}[\p{L}-]{1,20})(?=[.,!]|$| and )/u.exec(text.slice(0, 300))
  const name = match?.[1]
  return name === undefined || NOT_NAMES.has(name.toLowerCase()) ? undefined : name
}

const NOT_NAMES: ReadonlySet<string> = new Set(
  'story joke music testing test weather time today date something anything fine good great well okay tired sad happy bored hungry thirsty here ready sorry sure busy back home alone lonely sick ill lost late early new old young hello hi hey yes no maybe nobody none nothing what who why how where thanks goodbye help stop really excited nervous afraid scared angry not very so just doing going feeling curious done glad cold hot you me it they english american german french the a an'.split(
    ' ',
  ),
)

function named(expression: RegExp): FactPattern {
  return {
    pattern: expression,
    fact: ([name = '']) => (NOT_NAMES.has(name) ? undefined : { about: 'name', value: capitalised(name) }),
  }
}

function pattern(source: string, fact: (groups: [string, string]) => Fact): FactPattern {
  return {
    pattern: new RegExp(source, 'u'),
    fact: ([first = '', second = '']) => fact([first, second]),
  }
}

function capitalisedPlace(value: string): string {
  return value
    .split(' ')
    .map((word) => (SMALL_WORDS.has(word) ? (word === 'my' ? 'your' : word) : capitalised(word)))
    .join(' ')
}

function capitalisedNames(value: string): string {
  return capitalisedPlace(value)
}

const SMALL_WORDS: ReadonlySet<string> = new Set(
  'a an the of in on at by near and my small little big old town city village house flat apartment farm country countryside sea coast mountains north south east west outside street'.split(
    ' ',
  ),
)
