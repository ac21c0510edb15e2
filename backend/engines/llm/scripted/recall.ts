import { type Fact } from './facts.ts'
import { capitalised } from './heard.ts'

/** Answers to questions about what the user told. `undefined`: it was no such question. */
export type Recall = { readonly answer: string } | { readonly unknown: string } | undefined

interface Question {
  readonly pattern: RegExp
  readonly about: (subject: string) => string
  readonly answer: (value: string, subject: string) => string
  /** What is not known: "I do not know … yet". */
  readonly missing: (subject: string) => string
}

const MY_THING = 'my ((?:[a-z]+ ){0,2}?[a-z]+?)s?'

const QUESTIONS: readonly Question[] = [
  question('(?:what is|do you (?:know|remember)|tell me|remember|say) my name|who am i|what am i called', {
    about: 'name',
    answer: (name) => `You are ${name}.`,
    missing: 'your name',
  }),
  question(
    'where (?:do|am) i (?:live|living|come from|from)|where is my home|do you (?:know|remember) where i (?:live|am from|come from)',
    { about: 'home', answer: (home) => `You ${home}.`, missing: 'where you live' },
  ),
  question(
    'what (?:do i do(?: for a living| for work)?$|is my (?:job|work|profession))|where do i work|do you (?:know|remember) what i do',
    { about: 'work', answer: (work) => `You work ${work}.`, missing: 'what you do' },
  ),
  question('how old am i|what is my age|do you (?:know|remember) how old i am', {
    about: 'age',
    answer: (age) => `You are ${age}, you said, and you wear it well.`,
    missing: 'your age',
  }),
  question('what do i (?:like|love|enjoy)|do you (?:know|remember) what i (?:like|love|enjoy)', {
    about: 'likes',
    answer: (likes) => `You like ${likes}.`,
    missing: 'what you like',
  }),
  question('what do i (?:hate|dislike|not like)|what do i not like', {
    about: 'dislikes',
    answer: (dislikes) => `You do not like ${dislikes}.`,
    missing: 'what you dislike',
  }),
  {
    pattern: new RegExp(
      `(?:what is|which is|what are|do you (?:know|remember)|remember|tell me)(?: what)? my favourite ((?:[a-z]+ )?[a-z]+?)s?(?: is| are)?$`,
      'u',
    ),
    about: (thing) => `favourite ${thing}`,
    answer: (value, thing) => `Your favourite ${thing}? ${sentence(value)}.`,
    missing: (thing) => `your favourite ${thing}`,
  },
  {
    pattern: new RegExp(
      `(?:what is|what are|do you (?:know|remember)|remember|tell me)(?: what)? ${MY_THING}(?: name| names| is called| are called| called| is name)(?: is)?$|what (?:is|are) ${MY_THING} called|what did i call ${MY_THING}$`,
      'u',
    ),
    about: (thing) => `called ${thing}`,
    answer: (value, thing) =>
      value.includes(' and ') ? `Your ${thing}s are called ${value}.` : `Your ${thing}'s name is ${value}.`,
    missing: (thing) => `what your ${thing} is called`,
  },
]

/** @param words as `plainWords` makes them. */
export function recall(words: string, facts: readonly Fact[]): Recall {
  if (
    /what (?:do|have) you (?:know|remember|learned) about me|what did i tell you|what have i told you|do you remember (?:me|anything)/u.test(
      words,
    )
  ) {
    return facts.length === 0 ? { unknown: 'much about you' } : { answer: summary(facts) }
  }
  const who = /^who is ([a-z]+)$/u.exec(words)?.[1]
  const called =
    who !== undefined &&
    facts.find(
      ({ about, value }) => about.startsWith('called ') && value.toLowerCase().split(' ').includes(who),
    )
  if (who !== undefined && called) return { answer: belonging(called, who) }
  for (const { pattern, about, answer, missing } of QUESTIONS) {
    const match = pattern.exec(words)
    if (!match) continue
    const subject = match.slice(1).find((group) => group !== undefined) ?? ''
    const fact = facts.find((known) => known.about === about(subject))
    return fact ? { answer: answer(fact.value, subject) } : { unknown: missing(subject) }
  }
  return undefined
}

interface Simple {
  readonly about: string
  readonly answer: (value: string) => string
  readonly missing: string
}

function question(source: string, { about, answer, missing }: Simple): Question {
  const pattern = new RegExp(`(?:^|\\b)(?:${source})`, 'u')
  return { pattern, about: () => about, answer, missing: () => missing }
}

function belonging({ about, value }: Fact, name: string): string {
  const thing = about.slice('called '.length)
  return value.includes(' and ')
    ? `${capitalised(name)} is one of your ${thing}s.`
    : `${value} is your ${thing}.`
}

/** The newest few things, in a sentence each can stand in. */
function summary(facts: readonly Fact[]): string {
  const known = new Map<string, string>()
  for (const fact of facts) if (!known.has(fact.about)) known.set(fact.about, clause(fact))
  const clauses = [...known.values()].slice(0, 4)
  const last = clauses.pop() ?? ''
  return `That ${clauses.length === 0 ? last : `${clauses.join(', that ')}, and that ${last}`}.`
}

export function clause({ about, value }: Fact): string {
  const [kind = '', thing = ''] = about.split(/ (.*)/u)
  switch (kind) {
    case 'name':
      return `you are called ${value}`
    case 'home':
      return `you ${value}`
    case 'work':
      return `you work ${value}`
    case 'age':
      return `you are ${value}`
    case 'likes':
      return `you like ${value}`
    case 'dislikes':
      return `you do not like ${value}`
    case 'called':
      return value.includes(' and ')
        ? `your ${thing}s are called ${value}`
        : `your ${thing} is called ${value}`
    case 'favourite':
      return `your favourite ${thing} is ${value}`
    default:
      return `you have ${value}`
  }
}

function sentence(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1)
}
