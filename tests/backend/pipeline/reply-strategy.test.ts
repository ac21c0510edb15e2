import { describe, expect, it } from 'vitest'
import { type Character, CharacterDraft, type Message, type ReplyStrategy } from '#shared/entities.ts'
import { draftSpeakers } from '../../../backend/pipeline/reply-strategy.ts'
import { message } from '../../frontend/support/things.ts'
import { SeededRandom } from '../../support/seeded-random.ts'

const STAMPS = { revision: 1, created_at: '2030-01-01T00:00:00.000Z', updated_at: '2030-01-01T00:00:00.000Z' }

function character(name: string, talkativeness = 0.5): Character {
  return { ...CharacterDraft.parse({ name, talkativeness }), id: name, ...STAMPS }
}

const [ann, bob, cat] = [character('Ann'), character('Bob'), character('Cat')]
const trio = [ann, bob, cat]

/** What was said: names of speakers in a row; `-` is the user. */
function said(line: string): Message[] {
  return line
    .split(' ')
    .filter((name) => name !== '')
    .map((name, index) =>
      name === '-'
        ? message(`m${index}`)
        : message(`m${index}`, { role: 'assistant', name, character_id: name }),
    )
}

interface Scene {
  candidates?: readonly Character[]
  recent?: string
  isToUser?: boolean
  random?: () => number
}

function drafted(strategy: ReplyStrategy, scene: Scene = {}): string[] {
  const { candidates = trio, recent = '', isToUser = true, random = () => 0.999 } = scene
  return draftSpeakers({ strategy, candidates, recent: said(recent), isToUser, random }).map(
    ({ name }) => name,
  )
}

describe('draftSpeakers()', () => {
  it.each(['list', 'all'] as const)('%s: everyone, in the order of the cast', (strategy) => {
    expect(drafted(strategy, { recent: 'Bob -' })).toEqual(['Ann', 'Bob', 'Cat'])
  })

  it('list: among themselves, the next in the order', () => {
    expect(drafted('list', { recent: '- Ann Bob', isToUser: false })).toEqual(['Cat'])
    expect(drafted('list', { recent: '- Cat', isToUser: false })).toEqual(['Ann'])
    expect(drafted('list', { candidates: [ann], recent: '- Ann', isToUser: false })).toEqual([])
  })

  it('manual: nobody', () => {
    expect(drafted('manual')).toEqual([])
  })

  it('natural: whoever the user is talking with answers, and who is talkative joins in', () => {
    expect(drafted('natural', { recent: '- Bob -' })).toEqual(['Bob'])
    expect(drafted('natural', { recent: '- Bob -', random: () => 0 }).toSorted()).toEqual([
      'Ann',
      'Bob',
      'Cat',
    ])
    const eager = [character('Ann', 1), bob, cat]
    expect(drafted('natural', { candidates: eager, recent: '- Bob -' })).toEqual(['Bob', 'Ann'])
  })

  it('natural: who never speaks unasked does not, unless nobody else would', () => {
    const shy = [character('Ann', 0), bob, character('Cat', 0)]
    for (let seed = 1; seed < 50; seed++) {
      const random = new SeededRandom(seed)
      expect(drafted('natural', { candidates: shy, recent: '- Ann -', random: () => random.next() })).toEqual(
        ['Bob'],
      )
    }
    const mute = [character('Ann', 0), character('Bob', 0)]
    expect(drafted('natural', { candidates: mute, recent: '- Bob -' })).toEqual(['Bob'])
    expect(drafted('natural', { candidates: mute })).toEqual(['Ann'])
  })

  it('natural: a talkativeness of a half joins in half of the time', () => {
    const random = new SeededRandom(7)
    const lines = Array.from({ length: 2_000 }, () =>
      drafted('natural', { recent: '- Bob -', random: () => random.next() }),
    )
    const joined = lines.filter((names) => names.includes('Ann')).length
    expect(joined / lines.length).toBeCloseTo(0.5, 1)
  })

  it('natural: alone there is nothing to draw lots for', () => {
    expect(drafted('natural', { candidates: [character('Ann', 0)] })).toEqual(['Ann'])
  })

  it('pooled: everyone gets a turn before anyone gets another', () => {
    const random = new SeededRandom(3)
    let recent = ''
    for (let round = 0; round < 20; round++) {
      const names = trio.map(() => {
        const [name = ''] = drafted('pooled', { recent: `${recent} -`, random: () => random.next() })
        recent = `${recent} - ${name}`
        return name
      })
      expect(names.toSorted()).toEqual(['Ann', 'Bob', 'Cat'])
    }
  })

  it('nobody answers itself when they talk among themselves', () => {
    for (const strategy of ['natural', 'pooled', 'list', 'all'] as const) {
      for (let seed = 1; seed < 30; seed++) {
        const random = new SeededRandom(seed)
        const names = drafted(strategy, { recent: '- Bob', isToUser: false, random: () => random.next() })
        expect(names).not.toContain('Bob')
      }
    }
  })
})
