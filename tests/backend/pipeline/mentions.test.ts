import { describe, expect, it } from 'vitest'
import { mentionedCharacters } from '../../../backend/pipeline/mentions.ts'

const cast = [
  'Nora',
  'Felix Brandt',
  'Anna',
  'Anna Maria',
  "D'Arcy",
  '美月',
  'Robo 🤖',
  'Zoë',
  'Max Hill',
  'Max Stone',
  'C+ (2)',
].map((name) => ({ id: name, name }))
const everyone = cast.map(({ name }) => name)

function called(text: string, isSpoken: boolean): string[] {
  return mentionedCharacters(text, cast, { isSpoken }).map(({ name }) => name)
}

const TYPED: readonly (readonly [text: string, names: readonly string[]])[] = [
  ['@Nora hi', ['Nora']],
  ['hey @felix, and @NORA! @nora', ['Felix Brandt', 'Nora']],
  ['@Anna Maria and @anna', ['Anna Maria', 'Anna']],
  ['@Anna  maria?', ['Anna Maria']],
  ['@everyone hi', everyone],
  ['@Zoë then @all', ['Zoë', ...everyone.filter((name) => name !== 'Zoë')]],
  ['mail bob@nora.com', []],
  ['@美月さん、元気？', ['美月']],
  ['@D’Arcy, (@zoë)', ["D'Arcy", 'Zoë']],
  ['go @Robo 🤖!', ['Robo 🤖']],
  ['@C+ (2) ok', ['C+ (2)']],
  ['@max hello', []],
  ['@Max Stone hello', ['Max Stone']],
  ['@norah @noraX @nora_x', []],
  ['Nora, what now?', ['Nora']],
  ['Hey Nora! Hi.', ['Nora']],
  ['Nora: hi', ['Nora']],
  ['Nora and Felix, what now?', ['Nora', 'Felix Brandt']],
  ['What do you think, Nora?', ['Nora']],
  ['Is that so, Felix and Nora?!', ['Felix Brandt', 'Nora']],
  ['美月、どう？', ['美月']],
  ['I like Nora a lot', []],
  ['Nora is nice', []],
  ['', []],
]

const SPOKEN: readonly (readonly [text: string, names: readonly string[]])[] = [
  ['nora and felix what do you think', ['Nora', 'Felix Brandt']],
  ['tell me anna maria', ['Anna Maria']],
  ['i asked felix brandt and then nora', ['Felix Brandt', 'Nora']],
  ['美月はどう', ['美月']],
  ['norah is not here', []],
  ['max come here', []],
  ['hello there', []],
]

describe('mentionedCharacters', () => {
  it.each(TYPED)('finds whom a typed message calls: %j', (text, names) => {
    expect(called(text, false)).toEqual(names)
  })

  it.each(SPOKEN)('finds whom a spoken message names: %j', (text, names) => {
    expect(called(text, true)).toEqual(names)
  })

  it('takes everyone to be who it is told', () => {
    const present = cast.slice(0, 2)
    const names = mentionedCharacters('@all and @Anna', cast, { isSpoken: false, everyone: present })
    expect(names.map(({ name }) => name)).toEqual(['Nora', 'Felix Brandt', 'Anna'])
  })

  it('finds who is called at the end of a long text, and goes over it once', () => {
    const long = 'And then we walked on, and on. '.repeat(1000)
    expect(called(`${long}What do you think, Nora?`, false)).toEqual(['Nora'])
    // Going over these again from every place would take minutes.
    expect(called(`Well, then, Nora${' '.repeat(300_000)}x`, false)).toEqual([])
    expect(called(`${'Nora, '.repeat(50_000)}x`, false)).toEqual(['Nora'])
  })

  it('finds nobody in an empty cast', () => {
    expect(mentionedCharacters('@all Nora', [], { isSpoken: true })).toEqual([])
  })
})
