import { expect, test } from 'vitest'
import { type Scene, type SceneCharacter, type SceneLine } from '../../../../../backend/engines/contracts.ts'
import { composeReply } from '../../../../../backend/engines/llm/scripted/brain.ts'
import { starters } from '../../../../../backend/starters/starters.ts'

const cast: SceneCharacter[] = starters.characters.map(({ id, name, personality, first_message }) => ({
  id,
  name,
  personality,
  firstMessage: first_message,
}))
const names = cast.map(({ name }) => name)
const opening: SceneLine[] = starters.messages.map(({ name, content }) => ({
  speaker: 'character',
  name,
  text: content,
}))
const date = new Date(2030, 4, 3, 16, 5)

/** A conversation in the starter scene; `say` is what the user says, and answers with the reply. */
class Conversation {
  readonly history: SceneLine[]
  readonly #present: readonly SceneCharacter[]

  constructor(present: readonly SceneCharacter[] = cast, history: readonly SceneLine[] = opening) {
    this.#present = present
    this.history = [...history]
  }

  /** The user speaks, and each of these characters answers in turn. */
  say(text: string, ...speakers: readonly string[]): string {
    this.history.push({ speaker: 'user', name: 'User', text })
    return speakers.map((name) => this.answer(name)).at(-1) ?? ''
  }

  answer(name: string): string {
    const text = composeReply(this.scene(name), { date, variation: 0 })
    this.history.push({ speaker: 'character', name, text })
    return text
  }

  scene(name: string): Scene {
    const speaker = this.#present.find((character) => character.name === name)
    if (!speaker) throw new Error(`${name} is not here`)
    return { speaker, cast: this.#present, history: this.history }
  }
}

test.each(names)('%s learns a name from bare recognised words and uses it', (name) => {
  const talk = new Conversation()
  talk.say(`hello ${name.toLowerCase()}`, name)
  expect(talk.say('im anna', name)).toContain('Anna')
  talk.say('i had a long day', name)
  expect(talk.say('whats my name', name)).toContain('Anna')
})

test.each(names)('%s remembers what was told in this conversation', (name) => {
  const talk = new Conversation()
  expect(talk.say("um so my dog's called rex", name)).toContain('Rex')
  talk.say('i live in leeds and i work as a nurse', name)
  talk.say('my favorite color is dark green', name)
  talk.say('I really like old films and chocolate.', name)
  talk.say('tell me a joke', name)
  expect(talk.say('what is my dogs name', name)).toContain('Rex')
  expect(talk.say('who is rex', name)).toContain('Rex is your dog')
  expect(talk.say('Where do I live?', name)).toContain('Leeds')
  expect(talk.say('what do i do for a living', name)).toContain('as a nurse')
  expect(talk.say("what's my favourite colour", name).toLowerCase()).toContain('dark green')
  expect(talk.say('what do i like', name)).toContain('old films and chocolate')
  expect(talk.say("what is my cat's name", name)).toContain('cat')
  expect(talk.say('what do you know about me', name)).toContain('Leeds')
})

test.each(names)('%s tells the time, the day and sums', (name) => {
  const talk = new Conversation()
  expect(talk.say('what time is it', name)).toContain('4:05 PM')
  expect(talk.say('what day is it today', name)).toContain('Friday, May 3')
  expect(talk.say(`${name.toLowerCase()} whats twelve times seven`, name)).toContain('84')
})

test.each(names)('%s never tells a joke twice while there is another', (name) => {
  const talk = new Conversation()
  const jokes = ['tell me a joke', 'another one', 'one more please', 'another joke'].map((text) =>
    talk.say(text, name),
  )
  expect(new Set(jokes).size).toBe(4)
})

test('a name ends where the next clause begins', () => {
  const talk = new Conversation()
  talk.say('my son is called ben and he is five', 'Nora')
  expect(talk.say('whats my sons name', 'Nora')).toContain("Your son's name is Ben.")
  talk.say('i have two cats called milo and otis', 'Nora')
  expect(talk.say('who is otis', 'Nora')).toContain('Otis is one of your cats.')
})

test('a yes to an offered story brings the story', () => {
  const talk = new Conversation()
  talk.history.push({ speaker: 'character', name: 'Iris', text: 'Shall I tell you a story?' })
  expect(talk.say('yes please', 'Iris').length).toBeGreaterThan(120)
})

test('a character says what it is when asked', () => {
  expect(new Conversation().say('are you a real person', 'Nora')).toMatch(/script/u)
})

test('a character knows who is here and hands over', () => {
  const talk = new Conversation()
  expect(talk.say('who else is here', 'Nora')).toMatch(/Felix, Iris and Hugo/u)
  expect(talk.say('ask felix', 'Nora')).toContain('Felix')
})

test('the second to answer a sum or a question of fact refers to the first', () => {
  const talk = new Conversation()
  expect(talk.say('what is two plus two', 'Felix', 'Hugo')).toContain('Felix')
  expect(talk.say('what do you think about trains', 'Nora', 'Hugo')).toContain('Nora')
})

test('pronouns are turned round in what is given back', () => {
  const talk = new Conversation()
  const replies = ['my boss shouted at me', 'i think my sister trusts you', 'we are moving my piano'].map(
    (text) => talk.say(text, 'Nora'),
  )
  expect(replies.join(' ')).toMatch(/your (?:boss shouted at you|sister trusts me|piano)/u)
  expect(replies.join(' ')).not.toMatch(/my boss|my piano/u)
})

test('the same history brings the same reply, another variation another greeting', () => {
  const talk = new Conversation(cast, [])
  const scene = talk.scene('Nora')
  const at = (variation: number): string => composeReply(scene, { date, variation })
  expect(at(0)).toBe(at(0))
  expect(new Set([0, 0.13, 0.37, 0.61, 0.9].map((variation) => at(variation))).size).toBeGreaterThan(2)
})

test('a character made by the user answers as itself', () => {
  const bo = {
    id: 'bo-001',
    name: 'Bo',
    personality: 'Shy, gentle and stubborn.',
    firstMessage: 'Oh. Hello.',
  }
  const talk = new Conversation([bo], [])
  const replies = ["what's your name", 'who are you'].map((text) => talk.say(text, 'Bo'))
  expect(replies.join(' ')).toMatch(/Bo.*shy, gentle and stubborn/iu)
  expect(talk.say('is anyone else here', 'Bo')).not.toContain('Nora')
})

test('replies are short, speakable and without open slots, whatever is said', () => {
  const lines = [
    'hello',
    '',
    '???',
    'asdf qwer',
    'why is the sky blue',
    'no',
    'i feel sad',
    'you are stupid',
    'sing a song',
    'i love you',
    'goodbye',
    'how are you',
    'what can you do',
    'my {name} is __proto__',
    'constructor',
    '(a+)+$',
  ]
  for (const name of names) {
    const talk = new Conversation()
    for (const line of lines) {
      const reply = talk.say(line, name)
      expect(reply).toMatch(/^[\p{Lu}\d].*[.?!]$/u)
      expect(reply).not.toMatch(/[{}#`_<>]|undefined/u)
      expect(reply.length).toBeLessThan(320)
    }
  }
})

test('200 kB of anything and a long history are answered in milliseconds', () => {
  const long = 'i like my dog and my dog likes what i am and so '.repeat(4_200)
  const many = Array.from({ length: 4_000 }, (_, index): SceneLine => ({
    speaker: index % 2 === 0 ? 'user' : 'character',
    name: index % 2 === 0 ? 'User' : 'Nora',
    text: `i like number ${index} and i live in a house`,
  }))
  const startedMs = performance.now()
  for (const text of [
    long,
    'a'.repeat(200_000),
    ' '.repeat(200_000),
    'i am '.repeat(40_000),
    '9'.repeat(200_000),
  ]) {
    expect(new Conversation(cast, many).say(text, 'Nora')).not.toBe('')
  }
  expect(performance.now() - startedMs).toBeLessThan(1_500)
})
